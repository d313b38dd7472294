internal import Primitives

/// A line that a provider prints while it works: one JSON object (docker compose's provider extension).
enum ProviderMessage: Equatable {
    case info(String)
    case error(String)
    case debug(String)
    /// For the services that depend on it.
    case setEnvironment(name: String, value: String)

    /// - Throws: for what is no message; docker compose ends there as well.
    init(_ line: [UInt8]) throws(CommandError) {
        guard let object = try? JSONValue(parsing: line), let type = object["type"]?.text else {
            throw Self.invalid(String(decoding: line.prefix(200), as: UTF8.self))
        }
        let message = object["message"]?.text ?? ""
        switch type {
        case "info": self = .info(message)
        case "error": self = .error(message)
        case "debug": self = .debug(message)
        case "setenv":
            guard let equals = message.firstIndex(of: "=") else { throw Self.invalid(message) }
            self = .setEnvironment(
                name: String(message[..<equals]), value: String(message[message.index(after: equals)...]))
        default: throw Self.invalid(type)
        }
    }

    private static func invalid(_ text: String) -> CommandError {
        CommandError("invalid response from plugin: \(text)")
    }
}
