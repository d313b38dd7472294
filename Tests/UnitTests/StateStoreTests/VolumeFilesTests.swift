import EngineModel
import LinuxSystem
import Primitives
import Testing

@testable import StateStore

struct VolumeFilesTests {
    private let temporary: TemporaryStore
    private let volumes: VolumeFiles

    init() throws {
        temporary = try TemporaryStore()
        volumes = VolumeFiles(temporary.store)
    }

    private var data: String { temporary.store.layout.volumeData("db") }
    private var isKnown: Bool { get throws { try temporary.store.volume(named: "db") != nil } }
    private var text: String? { Files.text(data + "/file") }

    private func make(_ text: String? = nil) throws {
        let configuration = VolumeConfiguration(name: "db")
        try volumes.make(Volume(configuration: configuration, created: .now(), path: data, anonymous: false))
        if let text { try Files.replace(data + "/file", with: Array(text.utf8)) }
    }

    @Test func aRemovedVolumeLeavesNothing() throws {
        try make("old")
        try volumes.remove("db")
        #expect(try !isKnown)
        #expect(try Files.list(temporary.store.layout.volumes).isEmpty)
        try volumes.remove("db")
    }

    @Test func aVolumeWhoseRemovalWasKilledBeforeItsFilesWereDeletedComesBackEmpty() throws {
        try make("old")
        try volumes.discard("db")
        try make()
        #expect(try Files.list(data).isEmpty)
        try volumes.sweep()
        #expect(try isKnown)
        #expect(try Files.list(data).isEmpty)
        #expect(!Files.exists(temporary.store.layout.volumes + "/.removed"))
    }

    @Test func aVolumeWhoseRemovalWasKilledBeforeItWasForgottenIsThereAsItWas() throws {
        try make("old")
        try volumes.moveAway("db")
        try volumes.sweep()
        #expect(try isKnown)
        #expect(text == "old")
    }

    @Test func aVolumeIsRemovedWhileTheFilesOfAnEarlierOneStillLie() throws {
        try make("first")
        try volumes.discard("db")
        try make("second")
        try volumes.remove("db")
        #expect(try !isKnown)
        #expect(try Files.list(temporary.store.layout.volumes).isEmpty)
    }

    @Test func filesWithoutARecordAreNeitherTakenNorDeleted() throws {
        try Files.makeDirectories(data)
        try Files.replace(data + "/file", with: Array("somebody's".utf8))
        let error = #expect(throws: EngineError.self) { try make() }
        #expect(error?.code == .unavailable)
        #expect(try !isKnown)
        #expect(text == "somebody's")
    }

    @Test func aNameThatIsTakenIsAConflictAndItsFilesStay() throws {
        try make("old")
        let error = #expect(throws: EngineError.self) { try make() }
        #expect(error?.code == .conflict)
        #expect(text == "old")
    }

    @Test func aContainersOwnVolumeWithoutARecordGoesUnlessSomebodyMakesIt() throws {
        let own = String(repeating: "0a", count: 32)
        func directory() -> String { temporary.store.layout.volumes + "/" + own }
        let volume = Volume(
            configuration: VolumeConfiguration(name: own), created: .now(), path: directory() + "/_data",
            anonymous: true)
        do {
            let prepared = try volumes.prepare(volume)
            try volumes.sweep()
            #expect(Files.exists(directory()))
            #expect(try volumes.remains().isEmpty)
            _ = prepared
        }
        #expect(try volumes.remains() == [VolumeRemains(name: own, path: directory())])
        try volumes.sweep()
        #expect(try Files.list(temporary.store.layout.volumes).isEmpty)
        do {
            let prepared = try volumes.prepare(volume)
            try temporary.store.insert(prepared.volume)
        }
        try volumes.sweep()
        #expect(Files.exists(directory()))
    }
}
