import EngineModel
import StateStore
import Testing

@testable import Supervisor

struct ControlTests {
    @Test func requestsAndRepliesSurviveTheWire() throws {
        let requests: [ControlRequest] = [
            .ping, .start(container: "a", input: true), .stop(container: "a", timeout: nil),
            .kill(container: "a", signal: 9), .wait(container: "a"), .leaveIfIdle,
        ]
        for request in requests {
            #expect(ControlCoding.envelope(ControlCoding.encode(request))?.request == request)
        }
        let error = EngineError(.startFailed, "container a", "no such program", hint: "h", exitCode: 127)
        let reply = ControlReply.failed(ControlFailure(error))
        #expect(ControlCoding.reply(ControlCoding.encode(reply)) == reply)
        #expect(ControlFailure(error).error == error)
    }

    @Test func aRepeatedRequestThatFindsItsWorkDoneSucceeds() {
        let gone = EngineError(.notRunning, "container a", "it is not running")
        let paused = EngineError(.conflict, "container a", "it is paused already")
        #expect(ControlRequest.kill(container: "a", signal: 9).wasCarriedOut(gone))
        #expect(ControlRequest.pause(container: "a").wasCarriedOut(paused))
        #expect(!ControlRequest.pause(container: "a").wasCarriedOut(gone))
        #expect(!ControlRequest.restart(container: "a", timeout: nil).wasCarriedOut(paused))
    }

    @Test func whatIsNoRequestIsNotUnderstood() {
        #expect(ControlCoding.envelope(Array("{\"version\":1,\"request\":{\"fly\":{}}}".utf8)) == nil)
        #expect(ControlCoding.envelope([0xff, 0xfe]) == nil)
    }

    @Test func projectsOfAnyNameGetShortDistinctPaths() {
        let layout = DataLayout(dataRoot: "/d", runRoot: "/r")
        let long = String(repeating: "x", count: 4000)
        #expect(layout.project(long).utf8.count < 60)
        #expect(layout.project(long) != layout.project(long + "x"))
        #expect(!layout.project("../../etc").contains(".."))
    }

    @Test func supervisorArgumentsNameAProject() {
        let arguments = ["__supervisor", "--project", "p", "--data-root", "/d", "--run-root", "/r"]
        #expect(SupervisorArguments(arguments)?.layout == DataLayout(dataRoot: "/d", runRoot: "/r"))
        #expect(SupervisorArguments(["__supervisor"]) == nil)
        #expect(SupervisorArguments(["__supervisor", "--what", "x"]) == nil)
    }
}
