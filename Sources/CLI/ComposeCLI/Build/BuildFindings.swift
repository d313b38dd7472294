internal import ComposeModel
internal import Dockerfile
internal import ImageBuilder
internal import LinuxSystem
internal import Reconciler
internal import TerminalUI

/// What `--check` says about Dockerfiles.
struct BuildFindings {
    private(set) var text = ""
    private var count = 0

    var clean: Bool { count == 0 }

    init() {}

    /// Reads the request's Dockerfile and checks it; nothing is built.
    init(of request: BuildRequest) throws(CommandError) {
        let (source, name) = try Self.dockerfile(of: request)
        let dockerfile: Dockerfile
        do throws(DockerfileError) {
            dockerfile = try Dockerfile(parsing: source, name: name)
        } catch {
            throw CommandError("failed to solve: \(error)")
        }
        count = dockerfile.warnings.count
        text =
            count == 0
            ? "Check complete, no warnings found.\n"
            : "Check complete, \(count) warning\(count == 1 ? " has" : "s have") been found!\n"
        for warning in dockerfile.warnings {
            let place = warning.location.first...max(warning.location.first, warning.location.last)
            let failure = BuildFailureText(
                step: nil, lastOutput: [], dockerfile: name, line: warning.location.first,
                excerpt: Self.excerpt(dockerfile.lines, place))
            text += "\nWARNING: \(warning.check.rawValue) - "
            text += "https://docs.docker.com/go/dockerfile/rule/\(Self.page(warning.check.rawValue))/\n"
            text += "\(warning.text)\n\(failure.text)"
        }
    }

    mutating func add(_ other: BuildFindings) {
        text += other.text
        count += other.count
    }

    private static func dockerfile(of request: BuildRequest) throws(CommandError) -> (text: String, name: String) {
        let path: String
        let name: String
        switch (request.dockerfile, request.context) {
        case (.text(let text), _): return (text, "Dockerfile")
        case (.hostFile(let file), _): (path, name) = (file, file)
        case (.inContext(let file), .directory(let directory)): (path, name) = ("\(directory)/\(file)", file)
        case (.inContext, _):
            throw CommandError("--check needs a context that is a directory of this host")
        }
        guard let text = Files.text(path) else {
            throw CommandError("failed to read dockerfile: open \(name): no such file or directory")
        }
        return (text, name)
    }

    /// The lines of `place` marked, and two on both sides.
    private static func excerpt(_ lines: [String], _ place: ClosedRange<Int>) -> [String] {
        let first = max(1, place.lowerBound - 2)
        let last = min(lines.count, place.upperBound + 2)
        guard first <= last else { return [] }
        return (first...last).map { number in
            let digits = "\(number)"
            let padding = String(repeating: " ", count: max(0, 4 - digits.count))
            return "\(padding)\(digits) | \(place.contains(number) ? ">>>" : "   ") \(lines[number - 1])"
        }
    }

    /// `FromAsCasing` as `from-as-casing`.
    private static func page(_ check: String) -> String {
        var result = ""
        var previous: Character = "A"
        for letter in check {
            if letter.isUppercase && previous.isLowercase { result += "-" }
            result += letter.lowercased()
            previous = letter
        }
        return result
    }
}

extension CommandContext {
    /// Checks the Dockerfiles of several services.
    func checkBuilds(
        _ project: Project, _ builds: [SupplyPlan.Build], _ overrides: BuildOverrides
    ) throws -> BuildFindings {
        var findings = BuildFindings()
        // What other services' images would be is not known without building them.
        let results = Dictionary(uniqueKeysWithValues: builds.map { ($0.service, "") })
        for build in builds {
            guard let service = project.allServices[build.service], let config = service.build else { continue }
            let request = ServiceBuild(project, service, config, overrides, results: results)
            findings.add(try BuildFindings(of: try request.request()))
        }
        return findings
    }
}
