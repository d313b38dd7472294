import Primitives
import Testing

struct CDIDeviceNameTests {
    @Test(arguments: [
        "vendor.com/class=name", "nvidia.com/gpu=0", "nvidia.com/gpu=1:0", "v/c_d-e=all", "a.b-c_d/x=GPU-12.3",
    ])
    func namesAreRead(text: String) throws {
        #expect(try #require(CDIDeviceName(text)).description == text)
    }

    @Test(arguments: [
        "/dev/null", "vendor.com=x", "vendor.com/class", "1vendor/class=x", "vendor/class=", "vendor/class=-x",
        "a/b/c=d",
    ])
    func otherTextsAreNot(text: String) {
        #expect(CDIDeviceName(text) == nil)
    }
}
