internal import ContainerRuntime
internal import EngineModel
internal import LinuxSystem
internal import Primitives
internal import StateStore
internal import Supervisor

extension LocalEngine {
    /// Nanoseconds in which a supervisor that does its work records an end.
    private static let recordingPatience: Int64 = 1_000_000_000

    /// The records as the kernel sees them: who is said to run and does not has ended, whoever was killed before the end
    /// was recorded. Nothing is written; that is the supervisor's.
    func observed(_ records: [ContainerRecord]) -> [ContainerRecord] {
        if !records.contains(where: \.isUntrue) { return records }
        let deadline = monotonicNanoseconds() + Self.recordingPatience
        return records.compactMap { $0.isUntrue ? ended($0, deadline) : $0 }
    }

    /// The record of a container whose process is gone. Usually it is being written at this moment. nil: it was removed.
    private func ended(_ record: ContainerRecord, _ deadline: Int64) -> ContainerRecord? {
        var present: ContainerRecord? = record
        let supervisor = supervisor(of: record.project)
        Polling.wait(
            every: 5_000_000, upTo: 50_000_000, deadline: deadline,
            because: "what ends this wait is told by the store or, when nobody can write that, not at all"
        ) {
            present = try? store.container(id: record.id)
            return present?.isUntrue != true || !supervisor.isThere
        }
        guard var present, present.isUntrue else { return present }
        let exits = Keeper.recordedExits(runDirectory: layout.project(record.project)).records
        let exit = exits.last { $0.tag == record.id && $0.identity == record.process }
        present.endUnseen(exit: exit.map { ($0.status.code, $0.time) })
        return present
    }
}

extension ContainerRecord {
    /// Whether it names a process that does not run.
    fileprivate var isUntrue: Bool {
        guard container.state == .running || container.state == .paused else { return false }
        return process.map { !$0.isAlive } ?? true
    }
}
