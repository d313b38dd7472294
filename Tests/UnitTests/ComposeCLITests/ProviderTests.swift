import ComposeModel
import Glibc
import LinuxSystem
import Testing

@testable import ComposeCLI

struct ProviderTests {
    @Test func linesAreMessages() throws {
        func message(_ text: String) throws -> ProviderMessage { try ProviderMessage(Array(text.utf8)) }
        #expect(try message(#"{"type":"info","message":"pulling"}"#) == .info("pulling"))
        #expect(
            try message(#"{"type":"setenv","message":"URL=http://h?a=b"}"#)
                == .setEnvironment(name: "URL", value: "http://h?a=b"))
        for bad in ["hello", #"{"message":"x"}"#, #"{"type":"setenv","message":"URL"}"#, #"{"type":"song"}"#] {
            #expect(throws: CommandError.self) { try message(bad) }
        }
    }

    @Test func optionsBecomeWords() throws {
        var provider = ProviderConfig(type: "cloud")
        provider.options = ["size": ["10"], "tag": ["a", "b"]]
        #expect(
            try ProviderMetadata.silent.arguments(.up, project: "p", service: "db", provider) == [
                "compose", "--project-name", "p", "up", "--size=10", "--tag=a", "--tag=b", "db",
            ])
    }

    @Test func onlyOptionsThatTheCommandHasArePassedOn() throws {
        var provider = ProviderConfig(type: "cloud")
        provider.options = ["size": ["10"], "tag": ["a"]]
        let metadata = ProviderMetadata(
            Array(#"{"description":"d","up":{"parameters":[{"name":"size","required":true}]},"down":{}}"#.utf8))
        #expect(
            try metadata.arguments(.up, project: "p", service: "db", provider) == [
                "compose", "--project-name", "p", "up", "--size=10", "db",
            ])
        #expect(
            try metadata.arguments(.down, project: "p", service: "db", provider) == [
                "compose", "--project-name", "p", "down", "db",
            ])
        let error = #expect(throws: CommandError.self) {
            try metadata.arguments(.up, project: "p", service: "db", ProviderConfig(type: "cloud"))
        }
        #expect(error?.message == "required parameter \"size\" is missing from provider \"cloud\" definition")
    }

    @Test func aProgramIsFoundAmongThePluginsAndInThePath() throws {
        let folder = "/tmp/compose-plugins-\(getpid())-\(monotonicNanoseconds())"
        defer { try? Files.removeTree(folder) }
        for path in ["/cli-plugins", "/bin/folder"] { try Files.makeDirectories(folder + path) }
        for path in ["/cli-plugins/docker-cloud", "/bin/cloud", "/bin/other"] {
            try Files.replace(folder + path, with: [], mode: 0o755)
        }
        try Files.replace(folder + "/bin/plain", with: [], mode: 0o644)
        func path(_ name: String) -> String? {
            let environment = ["DOCKER_CONFIG": folder, "PATH": folder + "/bin"]
            return ClientPlugin(name, alsoCalled: name, environment: environment)?.path
        }
        #expect(path("cloud") == folder + "/cli-plugins/docker-cloud")
        #expect(path("other") == folder + "/bin/other")
        for name in ["plain", "folder", "nosuch", "../bin/other", ""] { #expect(path(name) == nil) }
    }

    @Test func anythingButMetadataLeavesTheOptionsAlone() {
        for text in ["", "usage: cloud", "{}", #"{"up":{}}"#] {
            #expect(ProviderMetadata(Array(text.utf8)) == .silent)
        }
    }
}
