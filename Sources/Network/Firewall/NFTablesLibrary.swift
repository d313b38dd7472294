internal import Glibc

/// The functions of libnftables (`nftables/libnftables.h`), found when first needed: most commands never touch packet
/// rules and need not load it, and a host without the library still runs containers.
struct NFTablesLibrary: Sendable {
    typealias NewContext = @convention(c) (UInt32) -> OpaquePointer?
    typealias ContextAction = @convention(c) (OpaquePointer) -> Void
    typealias ContextSwitch = @convention(c) (OpaquePointer) -> Int32
    typealias SetFlags = @convention(c) (OpaquePointer, UInt32) -> Void
    typealias Run = @convention(c) (OpaquePointer, UnsafePointer<CChar>) -> Int32
    typealias Text = @convention(c) (OpaquePointer) -> UnsafePointer<CChar>?

    /// NFT_CTX_OUTPUT_HANDLE.
    static let printHandles: UInt32 = 1 << 3

    let newContext: NewContext
    let freeContext: ContextAction
    let bufferOutput: ContextSwitch
    let bufferErrors: ContextSwitch
    let setOutputFlags: SetFlags
    let run: Run
    let output: Text
    let errors: Text

    /// nil if the library is not installed. Loaded once for the process.
    static let shared = NFTablesLibrary()

    private init?() {
        guard let library = dlopen("libnftables.so.1", RTLD_NOW | RTLD_LOCAL),
            let newContext = dlsym(library, "nft_ctx_new"), let freeContext = dlsym(library, "nft_ctx_free"),
            let bufferOutput = dlsym(library, "nft_ctx_buffer_output"),
            let bufferErrors = dlsym(library, "nft_ctx_buffer_error"),
            let setOutputFlags = dlsym(library, "nft_ctx_output_set_flags"),
            let run = dlsym(library, "nft_run_cmd_from_buffer"),
            let output = dlsym(library, "nft_ctx_get_output_buffer"),
            let errors = dlsym(library, "nft_ctx_get_error_buffer")
        else { return nil }
        self.newContext = unsafeBitCast(newContext, to: NewContext.self)
        self.freeContext = unsafeBitCast(freeContext, to: ContextAction.self)
        self.bufferOutput = unsafeBitCast(bufferOutput, to: ContextSwitch.self)
        self.bufferErrors = unsafeBitCast(bufferErrors, to: ContextSwitch.self)
        self.setOutputFlags = unsafeBitCast(setOutputFlags, to: SetFlags.self)
        self.run = unsafeBitCast(run, to: Run.self)
        self.output = unsafeBitCast(output, to: Text.self)
        self.errors = unsafeBitCast(errors, to: Text.self)
    }
}
