import ContainerModel
import Primitives
import Testing

struct RecordedValuesTests {
    @Test func aDeviceIsReadFromBothFormsOfRecords() throws {
        let device = DeviceMapping(source: "/dev/a", target: "/dev/b", permissions: "r")
        let old = #"{"hostPath":"/dev/a","containerPath":"/dev/b","permissions":"r"}"#
        #expect(try read(old) == device)
        #expect(try reread(device) == device)
        #expect(try recorded(device).names == ["permissions", "source", "target"])
    }

    /// Half of one form and half of the other is neither.
    @Test(
        arguments: [
            #"{"hostPath":"/a","target":"/b","permissions":"r"}"#,
            #"{"source":"/a","containerPath":"/b","permissions":"r"}"#,
            #"{"hostPath":"/a","containerPath":"/b"}"#, #"{"source":"/a","target":"/b","permissions":7}"#, "{}",
        ])
    func anIncompleteDeviceIsRefused(text: String) {
        #expect(throws: DecodingError.self) { try read(text, as: DeviceMapping.self) }
    }

    @Test func aDeviceMayBeReadWrittenAndMadeUnlessItSaysLess() {
        #expect(DeviceMapping(source: "/dev/a", target: "/dev/a").permissions == "rwm")
    }

    @Test(
        arguments: [
            (.own, ["own": [:]]), (.host, ["host": [:]]), (.container("a/b"), ["container": ["_0": "a/b"]]),
        ] as [(NamespaceMode, JSONValue)])
    func aNamespaceIsRecordedUnderItsName(mode: NamespaceMode, record: JSONValue) throws {
        #expect(try recorded(mode) == record)
        #expect(try reread(mode) == mode)
    }

    @Test(arguments: ["{}", "\"own\"", #"{"own":{},"host":{}}"#, #"{"container":{}}"#, #"{"pod":{}}"#])
    func anotherNamespaceIsRefused(text: String) {
        #expect(throws: DecodingError.self) { try read(text, as: NamespaceMode.self) }
    }

    @Test(
        arguments: [.builtin, .unconfined, .profile(""), .profile("{\"syscalls\":[\n]}\u{0}")] as [SeccompSpec])
    func aFilterSurvivesItsRecord(filter: SeccompSpec) throws {
        #expect(try reread(filter) == filter)
    }

    @Test func limitsThatAreNotSetAreNotRecorded() throws {
        // The lists are always there: records without them were never written.
        #expect(
            try recorded(ResourceLimits()) == [
                "blkioReadBps": [], "blkioReadIOPS": [], "blkioWeightDevices": [], "blkioWriteBps": [],
                "blkioWriteIOPS": [],
            ])
        #expect(throws: DecodingError.self) { try read("{}", as: ResourceLimits.self) }
    }

    @Test func zeroIsALimitAndNotNone() throws {
        var limits = ResourceLimits()
        limits.memory = 0
        limits.oomKillDisable = false
        limits.cpusetCPUs = ""
        let again = try reread(limits)
        #expect(again == limits)
        #expect(again.memory == 0 && again.oomKillDisable == false && again.cpusetCPUs == "")
        #expect(again != ResourceLimits())
    }

    @Test(arguments: [Int64.min, -1, 0, .max])
    func aLimitOfAProcessKeepsItsNumber(number: Int64) throws {
        let limit = Ulimit(name: "core", soft: number, hard: number)
        #expect(try reread(limit) == limit)
    }

    @Test(
        arguments: [
            #"{"name":"core","soft":9223372036854775808,"hard":0}"#, #"{"name":"core","soft":0.5,"hard":0}"#,
            #"{"name":"core","soft":"unlimited","hard":0}"#, #"{"name":"core","soft":0}"#,
        ])
    func aLimitBeyondTheKernelsNumbersIsRefused(text: String) {
        #expect(throws: DecodingError.self) { try read(text, as: Ulimit.self) }
    }

    @Test func statisticsBeginAtZeroAndKeepTheLargestNumbers() throws {
        var statistics = Statistics()
        #expect(try recorded(statistics).names.count == 8)
        #expect(statistics.cpuNanoseconds == 0 && statistics.memoryLimit == 0 && statistics.processes == 0)
        statistics.cpuNanoseconds = .max
        statistics.networkSent = .max
        #expect(try reread(statistics) == statistics)
    }

    /// Names of programs are what the program itself sets: any bytes that make a text.
    @Test(arguments: ["", "sh -c \"a\\b\"", "[kworker/0:1]", "\u{1B}[31m\u{0}\u{7F}", "käse \u{1F9C0}"])
    func aProcessKeepsItsName(command: String) throws {
        let process = ContainerProcess(
            pid: 1, parent: 0, user: "root", startSeconds: -1, processorSeconds: 0.125, processorPercent: 100,
            terminal: "?", command: command)
        #expect(try reread(process) == process)
    }
}
