internal import LinuxSystem
internal import Registry
internal import Synchronization
internal import TerminalUI

/// Shows a pull or push in docker's words: on a terminal as bars with bytes and rate, elsewhere as lines.
final class TransferDisplay: Sendable {
    private struct Layer {
        var words = ""
        /// For the rate: bytes and time of the last measurement.
        var bytes: Int64 = 0
        var time: Int64 = 0
        var rate: Double = 0
    }

    private let output: OutputWriter
    private let errors: OutputWriter
    private let progress: (any ProgressDisplay)?
    /// Printed when the image is known at the registry.
    private let header: String
    private let isPush: Bool
    private let layers = Mutex<[String: Layer]>([:])

    /// - Parameter progress: nil prints lines.
    init(_ context: CommandContext, progress: (any ProgressDisplay)?, header: String, isPush: Bool) {
        output = context.output
        errors = context.errors
        self.progress = progress
        self.header = header
        self.isPush = isPush
    }

    func finish() { progress?.finish() }

    /// Any thread.
    func show(_ event: TransferEvent) {
        if event.layer.isEmpty {
            switch event.phase {
            case .waiting: if !header.isEmpty { line(header) }
            case .retrying(let why): if progress == nil { errors.line(why) }
            case .downloading, .verifying, .extracting, .done, .exists, .preparing, .pushing, .mounted: break
            }
            return
        }
        if let progress {
            let (words, phase) = words(event)
            progress.report(ProgressItem(event.layer, words, phase, detail: detail(event)))
            return
        }
        // Lines come only when something else happens, not with each byte.
        let words = lines(event)
        let isNew = layers.withLock { layers in
            defer { layers[event.layer, default: Layer()].words = words.last ?? "" }
            return layers[event.layer, default: Layer()].words != words.last
        }
        if isNew { for word in words { line("\(event.layer): \(word)") } }
    }

    private func line(_ text: String) {
        output.line(text)
        output.flush()
    }

    private func lines(_ event: TransferEvent) -> [String] {
        switch event.phase {
        case .waiting: ["Pulling fs layer"]
        case .extracting: ["Verifying Checksum", "Download complete"]
        case .downloading, .verifying, .done, .exists, .preparing, .pushing, .mounted, .retrying:
            words(event).words.isEmpty ? [] : [words(event).words]
        }
    }

    private func words(_ event: TransferEvent) -> (words: String, ProgressItem.Phase) {
        switch event.phase {
        case .waiting: ("Waiting", .working)
        case .downloading: (progress == nil ? "" : "Downloading", .working)
        case .verifying: ("Verifying Checksum", .working)
        case .extracting: ("Extracting", .working)
        case .done: (isPush ? "Pushed" : "Pull complete", .done)
        case .exists: (isPush ? "Layer already exists" : "Already exists", .done)
        case .preparing: ("Preparing", .working)
        case .pushing: (progress == nil ? "" : "Pushing", .working)
        case .mounted(let source): ("Mounted from \(source)", .done)
        case .retrying(let why): (why.prefix(1).uppercased() + why.dropFirst(), .working)
        }
    }

    /// `[=====>    ]  12.3MB/45MB  8.2MB/s`
    private func detail(_ event: TransferEvent) -> String {
        guard event.phase == .downloading || event.phase == .pushing, event.total > 0 else { return "" }
        let now = monotonicNanoseconds()
        let rate = layers.withLock { layers in
            var layer = layers[event.layer] ?? Layer(bytes: event.current, time: now)
            let seconds = Double(now - layer.time) / 1e9
            if seconds > 0.2 {
                let measured = Double(max(0, event.current - layer.bytes)) / seconds
                layer.rate = layer.rate == 0 ? measured : 0.6 * layer.rate + 0.4 * measured
                (layer.bytes, layer.time) = (event.current, now)
            }
            layers[event.layer] = layer
            return layer.rate
        }
        let width = 24
        let filled = Int(Double(width) * Double(min(event.current, event.total)) / Double(event.total))
        let bar =
            String(repeating: "=", count: filled) + (filled < width ? ">" : "")
            + String(repeating: " ", count: max(0, width - filled - 1))
        let bytes = "\(HumanText.size(event.current))/\(HumanText.size(event.total))"
        return "[\(bar)]  \(bytes)" + (rate > 0 ? "  \(HumanText.size(Int64(rate)))/s" : "")
    }
}
