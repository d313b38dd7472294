internal import Registry
internal import TerminalUI

/// Words for what happens to the layers of an image on their way.
enum TransferProgress {
    /// - Parameters:
    ///   - id: of the layer, as it is shown.
    ///   - parent: the item that the layer belongs to.
    ///   - pushing: the image leaves this host.
    static func item(_ event: TransferEvent, id: String, parent: String?, pushing: Bool) -> ProgressItem {
        func working(_ status: String, bytes: Bool = false) -> ProgressItem {
            let amount = bytes ? ProgressItem.Amount(current: event.current, total: event.total) : nil
            let sizes = event.total > 0 ? "/\(HumanText.size(event.total))" : ""
            return ProgressItem(
                id, status, .working, detail: bytes ? HumanText.size(event.current) + sizes : "", parent: parent,
                amount: amount)
        }
        func done(_ status: String) -> ProgressItem { ProgressItem(id, status, .done, parent: parent) }
        switch event.phase {
        case .waiting: return working(pushing ? "Waiting" : "Pulling fs layer")
        case .preparing: return working("Preparing")
        case .downloading: return working("Downloading", bytes: true)
        case .verifying: return working("Verifying Checksum")
        case .extracting:
            if event.current > 0 || event.total == 0 { return working("Extracting", bytes: event.total > 0) }
            // All has arrived.
            return ProgressItem(
                id, "Extracting", .working, parent: parent,
                amount: .init(current: event.total, total: event.total))
        case .pushing: return working("Pushing", bytes: true)
        case .retrying(let reason):
            return ProgressItem(id, "Retrying", .working, detail: reason, parent: parent)
        case .mounted(let other): return done("Mounted from \(other)")
        case .exists: return done(pushing ? "Layer already exists" : "Already exists")
        case .done: return done(pushing ? "Pushed" : "Pull complete")
        }
    }
}
