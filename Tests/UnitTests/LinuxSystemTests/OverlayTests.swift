import LinuxSystem
import Testing

struct OverlayTests {
    private static let odd = "/a:b,c\\d"

    @Test func aTreeThatIsReadHasItsLayersAlone() {
        let overlay = Overlay(layers: ["/2", "/1"])
        #expect(overlay.options.map(\.description) == ["source=overlay", "lowerdir+=/2", "lowerdir+=/1"])
        #expect(overlay.data == "lowerdir=/2:/1")
    }

    @Test func aTreeThatIsChangedRefersToNothingOutsideOfIt() {
        let overlay = Overlay(layers: ["/1"], changes: Overlay.Changes(upper: "/u", work: "/w"))
        #expect(
            overlay.data
                == "lowerdir=/1,upperdir=/u,workdir=/w,redirect_dir=off,metacopy=off,index=off,xino=off")
        #expect(
            overlay.options.map(\.description) == [
                "source=overlay", "lowerdir+=/1", "upperdir=/u", "workdir=/w", "redirect_dir=off", "metacopy=off",
                "index=off", "xino=off",
            ])
    }

    @Test func mountCallEscapesColonsCommasAndBackslashes() {
        let overlay = Overlay(layers: [Self.odd, "/1"], changes: Overlay.Changes(upper: "/u,", work: "/w:"))
        #expect(overlay.data.hasPrefix("lowerdir=/a\\:b\\,c\\\\d:/1,upperdir=/u\\,,workdir=/w\\:,"))
    }

    @Test func layersOneByOneAreNotEscapedButUpperAndWorkAre() {
        let overlay = Overlay(layers: [Self.odd], changes: Overlay.Changes(upper: "/u\\", work: "/w"))
        #expect(overlay.options.contains(MountOption("lowerdir+", Self.odd)))
        #expect(overlay.options.contains(MountOption("upperdir", "/u\\\\")))
    }

    @Test func optionsAreEncodedAsPairsOfTextsThatEndWithZero() {
        #expect(MountOption.encode([MountOption("ro"), MountOption("a", "b")]) == Array("ro\0\0a\0b\0".utf8))
    }
}
