import Testing

@testable import Registry

struct TransferMachineTests {
    private let second: Int64 = 1_000_000_000

    private func machine(offset: Int64 = 0) -> TransferMachine {
        var patience = RegistryOptions.Patience()
        patience.firstWait = second
        patience.longestWait = 5 * second
        patience.longestRetryAfter = 30 * second
        patience.attempts = 5
        return TransferMachine(patience, offset: offset)
    }

    @Test func waitsDoubleUpToALimitAndThenItGivesUp() {
        var machine = machine()
        let actions = (0..<5).map { _ in machine.failed(.transient, offset: 0, now: 0, random: 1) }
        #expect(
            actions == [
                .retry(at: second, from: 0), .retry(at: 2 * second, from: 0), .retry(at: 4 * second, from: 0),
                .retry(at: 5 * second, from: 0), .giveUp,
            ])
    }

    @Test func chanceSpreadsTheWaits() {
        var machine = machine()
        #expect(machine.failed(.transient, offset: 0, now: 100, random: 0) == .retry(at: 100 + second / 2, from: 0))
    }

    @Test func progressStartsTheCountAgain() {
        var machine = machine(offset: 10)
        for step in 1...20 {
            let offset = Int64(10 + step)
            #expect(
                machine.failed(.transient, offset: offset, now: 0, random: 1) == .retry(at: second, from: offset))
        }
        #expect(machine.failures == 1)
    }

    @Test func evenASlowDripEnds() {
        var machine = machine()
        var attempts = 0
        for step in 1...1000 {
            attempts = step
            if machine.failed(.transient, offset: Int64(step), now: 0, random: 0) == .giveUp { break }
        }
        #expect(attempts == 100)
    }

    @Test func aServerMayAskForALongerWaitButNotForAnEternity() {
        var machine = machine()
        #expect(machine.failed(.busy(7 * second), offset: 0, now: 5, random: 0) == .retry(at: 5 + 7 * second, from: 0))
        #expect(machine.failed(.busy(nil), offset: 0, now: 0, random: 1) == .retry(at: 2 * second, from: 0))
        #expect(machine.failed(.busy(31 * second), offset: 0, now: 0, random: 0) == .giveUp)
    }

    @Test func wrongBytesAreFetchedOnceMoreFromTheBeginning() {
        var machine = machine()
        #expect(machine.failed(.corrupt, offset: 50, now: 3, random: 0) == .retry(at: 3, from: 0))
        #expect(machine.failed(.corrupt, offset: 50, now: 3, random: 0) == .giveUp)
    }

    @Test func nobodyThereIsFoundOutSoon() {
        var machine = machine()
        _ = machine.failed(.unreachable, offset: 0, now: 0, random: 0)
        _ = machine.failed(.unreachable, offset: 0, now: 0, random: 0)
        #expect(machine.failed(.unreachable, offset: 0, now: 0, random: 0) == .giveUp)
    }

    @Test func aDefiniteNoIsNotAskedAgain() {
        var machine = machine()
        #expect(machine.failed(.permanent, offset: 0, now: 0, random: 0) == .giveUp)
    }
}
