public import EngineModel
internal import Primitives

extension RegistryOptions {
    /// `detachKeys` of docker's `config.json`; nil if it says nothing.
    public func detachKeys() throws(EngineError) -> String? {
        let text = try ClientConfiguration(directory: configDirectory).document["detachKeys"]?.text
        return text?.isEmpty == false ? text : nil
    }
}
