import Testing

@testable import Registry

struct EndpointTests {
    private func trust(_ insecure: [String] = []) -> HostTrust {
        var options = RegistryOptions(configDirectory: "/nowhere", environment: [:])
        options.insecureRegistries = insecure
        options.certificateDirectories = []
        return HostTrust(options)
    }

    private func candidates(_ domain: String, _ insecure: [String] = []) throws -> [String] {
        try RegistryEndpoint.candidates(domain: domain, trust: trust(insecure)).map { "\($0.scheme)://\($0.authority)" }
    }

    @Test func dockerHubAnswersUnderAnotherName() throws {
        #expect(try candidates("docker.io") == ["https://registry-1.docker.io"])
        #expect(RegistryServer.key("docker.io") == "https://index.docker.io/v1/")
        #expect(RegistryServer.key("") == "https://index.docker.io/v1/")
        #expect(RegistryServer.key("https://r.example:5000/v2/") == "r.example:5000")
        #expect(RegistryServer.domain("https://index.docker.io/v1/") == "docker.io")
    }

    @Test func plainHTTPIsForLoopbackAndListedHosts() throws {
        #expect(try candidates("r.example:5000") == ["https://r.example:5000"])
        #expect(try candidates("localhost:5000") == ["https://localhost:5000", "http://localhost:5000"])
        #expect(try candidates("127.1.2.3:5000").count == 2)
        #expect(try candidates("r.example:5000", ["r.example:5000"]).count == 2)
        #expect(try candidates("10.1.2.3:5000", ["10.0.0.0/8"]).count == 2)
        #expect(try candidates("11.1.2.3:5000", ["10.0.0.0/8", "r.example:5000"]).count == 1)
    }

    @Test func certificatesAreOnlyIgnoredWhereListed() throws {
        let url = try HTTPURL("https://localhost:5000/")
        #expect(try trust().settings(for: url).verifies)
        #expect(try !trust(["localhost:5000"]).settings(for: url).verifies)
    }

    @Test func pathsGoBehindTheVersion() throws {
        let mirror = RegistryEndpoint(
            base: try RegistryEndpoint.candidates(mirror: "https://m.example/hub/")[0], challenges: [])
        #expect(mirror.url("a/b/tags/list?n=1").description == "https://m.example/hub/v2/a/b/tags/list?n=1")
    }

    @Test func proxiesFollowTheVariables() throws {
        let rules = ProxyRules([
            "HTTPS_PROXY": "http://p:1", "http_proxy": "http://q:2",
            "NO_PROXY": "inner.example, .dotted.example,10.0.0.0/8,port.example:444",
        ])
        func proxy(_ url: String) throws -> String? { rules.proxy(for: try HTTPURL(url)) }
        #expect(try proxy("https://r.example/") == "http://p:1")
        #expect(try proxy("http://r.example/") == "http://q:2")
        #expect(try proxy("https://a.inner.example/") == nil)
        #expect(try proxy("https://notinner.example/") == "http://p:1")
        #expect(try proxy("https://dotted.example/") == "http://p:1")
        #expect(try proxy("https://a.dotted.example/") == nil)
        #expect(try proxy("https://10.2.3.4/") == nil)
        #expect(try proxy("https://port.example:444/") == nil)
        #expect(try proxy("https://port.example/") == "http://p:1")
        #expect(try proxy("http://127.0.0.1:5000/") == nil)
    }
}

struct URLTests {
    @Test(arguments: [
        ("https://cdn.example/x?sig=1", "https://cdn.example/x?sig=1"), ("/v2/b", "http://r.example:5000/v2/b"),
        ("?digest=d", "http://r.example:5000/v2/a?digest=d"), ("c", "http://r.example:5000/v2/c"),
        ("//o.example/d", "http://o.example/d"),
    ])
    func locationsAreResolved(location: String, expected: String) throws {
        let base = try HTTPURL("http://R.example:5000/v2/a?x=1")
        #expect(try base.resolving(location).description == expected)
    }

    @Test(arguments: [
        "ftp://a/", "https://", "https://a b/", "https://user:pw@a/", "https://a:99999/", "file:///etc/passwd",
        "https://a\n/",
    ])
    func whatIsNoPlainWebAddressIsRefused(text: String) {
        #expect(throws: HTTPFailure.self) { try HTTPURL(text) }
    }

    @Test func theOriginIsSchemeHostAndPort() throws {
        let url = try HTTPURL("https://a.example/x")
        #expect(url.isSameOrigin(as: try HTTPURL("https://A.example:443/y")))
        #expect(!url.isSameOrigin(as: try HTTPURL("http://a.example/x")))
        #expect(!url.isSameOrigin(as: try HTTPURL("https://a.example:444/x")))
        #expect(!url.isSameOrigin(as: try HTTPURL("https://b.a.example/x")))
    }

    @Test func hostsThatLookLikeNumbersAreAddressesInTheirOwnForm() throws {
        for host in ["2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "169.254.43518", "1.2.3.0x4"] {
            #expect(throws: HTTPFailure.self, "\(host)") { try HTTPURL("http://\(host)/") }
        }
        #expect(try HTTPURL("http://169.254.169.254/").isLinkLocal)
        #expect(try HTTPURL("http://[fe80::1]:80/").isLinkLocal)
        #expect(try !HTTPURL("http://r1.example/").isLinkLocal)
        #expect(try !HTTPURL("http://10.0.0.1/").isLinkLocal)
    }
}
