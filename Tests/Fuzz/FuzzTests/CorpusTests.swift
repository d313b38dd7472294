import FuzzTargets
import Glibc
import Testing

/// The inputs of the fuzzer's corpus, and those that once were findings, hold.
struct CorpusTests {
    private static let folder = #filePath.split(separator: "/").dropLast(2).map { "/" + $0 }.joined() + "/Corpus"

    @Test(arguments: FuzzTarget.allCases)
    func holds(target: FuzzTarget) throws {
        let names = try Self.names(in: "\(Self.folder)/\(target.rawValue)")
        #expect(names.count >= 3)
        for name in names {
            let bytes = try #require(Self.read("\(Self.folder)/\(target.rawValue)/\(name)"))
            #expect(target.run(bytes) == nil, "\(target.rawValue)/\(name)")
        }
    }

    private static func names(in folder: String) throws -> [String] {
        let directory = try #require(opendir(folder))
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }

    private static func read(_ path: String) -> [UInt8]? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
        return bytes
    }
}
