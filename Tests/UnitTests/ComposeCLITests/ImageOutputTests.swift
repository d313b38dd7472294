import Testing

@testable import ComposeCLI

@Test func anImageHasALineForEachName() throws {
    #expect(ImageFilter.parts("host:5000/a") == ("host:5000/a", "<none>"))
    #expect(ImageFilter.parts("host:5000/a:1") == ("host:5000/a", "1"))
}
