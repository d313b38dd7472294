import Testing

@testable import LocalEngine

struct InterfaceTrafficTests {
    @Test func allInterfacesButLoopbackAreSummed() {
        let table = """
            Inter-|   Receive                                                |  Transmit
             face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
                lo:    5000      50    0    0    0     0          0         0     5000      50    0    0    0     0       0          0
              eth0:    1200      12    0    0    0     0          0         0      700       7    0    0    0     0       0          0
              eth1:     300       3    0    0    0     0          0         0       50       1    0    0    0     0       0          0
            """
        let traffic = InterfaceTraffic(table)
        #expect(traffic.received == 1500)
        #expect(traffic.sent == 750)
    }
}
