/// Which system calls a container may make: Docker's form of the OCI runtime specification's `linux.seccomp`.
public struct SeccompProfile: Sendable, Hashable {
    /// What happens to a call.
    public enum Action: Sendable, Hashable {
        case allow
        /// The call fails with this errno value.
        case fail(UInt16)
        case killProcess
        case killThread
        case trap
        case log
        case trace(UInt16)
    }

    /// How an argument is compared; the values of libseccomp's `scmp_compare`.
    public enum Comparison: UInt32, Sendable, Hashable {
        case notEqual = 1
        case less
        case lessOrEqual
        case equal
        case greaterOrEqual
        case greater
        /// `argument & value == valueTwo`.
        case maskedEqual
    }

    /// A condition on one argument of a system call.
    public struct Condition: Sendable, Hashable {
        /// The argument's number, from 0.
        public var argument: UInt32
        /// How the argument is compared.
        public var comparison: Comparison
        /// What it is compared with.
        public var value: UInt64
        /// The second operand of a masked comparison.
        public var valueTwo: UInt64

        public init(_ argument: UInt32, _ comparison: Comparison, _ value: UInt64, _ valueTwo: UInt64 = 0) {
            self.argument = argument
            self.comparison = comparison
            self.value = value
            self.valueTwo = valueTwo
        }
    }

    /// When a rule counts. All parts have to be met.
    public struct Scope: Sendable, Hashable {
        /// Capability numbers.
        public var capabilities: [UInt64] = []
        /// Names such as `amd64`.
        public var architectures: [String] = []
        /// Major and minor.
        public var minimumKernel: [Int]?

        public init(capabilities: [UInt64] = [], architectures: [String] = []) {
            self.capabilities = capabilities
            self.architectures = architectures
        }
    }

    /// What happens to some system calls.
    public struct Rule: Sendable, Hashable {
        /// The system calls; unknown ones are left out.
        public var names: [String]
        /// What happens to them.
        public var action: Action
        /// All have to be met.
        public var conditions: [Condition]
        /// The rule counts only where this holds.
        public var includes: Scope
        /// The rule does not count where this holds.
        public var excludes: Scope

        public init(
            _ names: [String], _ action: Action = .allow, conditions: [Condition] = [], includes: Scope = Scope(),
            excludes: Scope = Scope()
        ) {
            self.names = names
            self.action = action
            self.conditions = conditions
            self.includes = includes
            self.excludes = excludes
        }
    }

    /// What happens to the calls that no rule is about.
    public var defaultAction: Action
    /// libseccomp's tokens of the architectures besides the native one.
    public var architectures: [UInt32]
    /// In the order of the profile.
    public var rules: [Rule]

    public init(defaultAction: Action, architectures: [UInt32], rules: [Rule]) {
        self.defaultAction = defaultAction
        self.architectures = architectures
        self.rules = rules
    }
}

/// A profile cannot be read or compiled.
public struct SeccompError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong with the profile.
    public var reason: String

    public var description: String { reason }
}
