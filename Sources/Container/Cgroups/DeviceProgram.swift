extension ContainerCgroup {
    func restrictByProgram(to devices: [DeviceRule]) throws(CgroupError) {
        throw CgroupError(step: "restrict devices", reason: "not there", isUnsupported: true)
    }
}
