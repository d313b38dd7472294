/// Something that calls about a container wait for.
enum CallOccasion: Sendable, Hashable {
    /// Its program has just been executed.
    case launched
    /// It runs already.
    case runs
    /// It could not be started; it rests then.
    case launchFailed
    /// The run that was to end has ended, and another one begins.
    case runEnded
    /// It survived SIGKILL (a process that hangs in the kernel).
    case stuck
    /// Its run has ended, but the record cannot be written: that is tried again.
    case unrecorded
    /// It does not run, nothing is done to it, and nothing is going to be.
    case rests
}

/// The calls that wait for something of one container, as a value: what each is to be answered comes out of it.
///
/// Every call gets its answer at the latest when the container rests: no order of starts, stops and ends leaves one
/// behind.
struct WaitingCalls<Call: Sendable>: Sendable {
    /// Until when a call waits.
    enum Wish: Sendable, Hashable {
        /// That it runs. `input`: the answer is to carry its standard input.
        case running(input: Bool)
        /// That the run has ended which the call is to end.
        case ended
        /// That it rests: nobody is going to start it.
        case resting
    }

    /// What a call is answered.
    enum Outcome: Sendable, Hashable {
        case running(input: Bool)
        case done
        case exited
        /// The error that the container's owner knows.
        case failed
        /// It was to be started, and another call stopped it before it ran.
        case overtaken
        case stuck
    }

    private var calls: [(call: Call, wish: Wish)] = []

    /// Whether no call waits.
    var isEmpty: Bool { calls.isEmpty }

    /// Whether somebody waits for it to run.
    var wantStart: Bool {
        calls.contains { call in if case .running = call.wish { true } else { false } }
    }

    /// Whether somebody who waits for it to run wants its standard input.
    var wantInput: Bool { calls.contains { $0.wish == .running(input: true) } }

    mutating func add(_ call: Call, until wish: Wish) { calls.append((call, wish)) }

    /// Forgets calls whose clients have gone.
    mutating func removeAll(where isGone: (Call) -> Bool) { calls.removeAll { isGone($0.call) } }

    /// Those who waited for what is now so, each with what it is to be answered. They wait no more.
    mutating func take(on occasion: CallOccasion) -> [(call: Call, outcome: Outcome)] {
        var answered: [(call: Call, outcome: Outcome)] = []
        calls.removeAll { call, wish in
            guard let outcome = Self.outcome(of: wish, on: occasion) else { return false }
            answered.append((call, outcome))
            return true
        }
        return answered
    }

    /// nil: it waits on.
    private static func outcome(of wish: Wish, on occasion: CallOccasion) -> Outcome? {
        switch (wish, occasion) {
        case (.running(let input), .launched): .running(input: input)
        case (.running, .runs): .running(input: false)
        case (.running, .launchFailed), (.running, .unrecorded), (.ended, .unrecorded): .failed
        case (.running, .stuck), (.ended, .stuck): .stuck
        case (.running, .rests): .overtaken
        case (.ended, .runEnded), (.ended, .rests): .done
        case (.resting, .rests): .exited
        case (.running, .runEnded), (.ended, .launched), (.ended, .runs), (.ended, .launchFailed): nil
        case (.resting, .launched), (.resting, .runs), (.resting, .launchFailed), (.resting, .runEnded): nil
        case (.resting, .stuck), (.resting, .unrecorded): nil
        }
    }
}
