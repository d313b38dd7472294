import Testing

@testable import Registry

struct ChallengeTests {
    @Test func aBearerChallengeHasItsParameters() {
        let header =
            #"Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push""#
        #expect(
            Challenge.list([header]) == [
                Challenge(
                    scheme: "bearer",
                    parameters: [
                        "realm": "https://auth.docker.io/token", "service": "registry.docker.io",
                        "scope": "repository:a/b:pull,push",
                    ])
            ])
    }

    @Test func oneHeaderMayHoldSeveralChallenges() {
        let found = Challenge.list([#"Negotiate abc==, Basic realm="a \"b\", c", BEARER Realm=x , service = y"#])
        #expect(found.map(\.scheme) == ["negotiate", "basic", "bearer"])
        #expect(found[1].parameters == ["realm": "a \"b\", c"])
        #expect(found[2].parameters == ["realm": "x", "service": "y"])
    }

    @Test func whatIsNoChallengeIsLeftOut() {
        #expect(Challenge.list(["", ", ,", "\""]) == [])
        #expect(Challenge.list([#"Bearer realm="unended"#])[0].parameters == ["realm": "unended"])
    }

    @Test func aTokenIsPreferredToAPassword() throws {
        let url = try HTTPURL("https://r.example/")
        let endpoint = RegistryEndpoint(base: url, challenges: Challenge.list(["Basic realm=a", "Bearer realm=b"]))
        #expect(endpoint.challenge?.scheme == "bearer")
    }

    @Test func tokensComeUnderTwoNamesAndLastAMinuteAtLeast() throws {
        let token = try #require(BearerToken(json: Array(#"{"access_token":"t","expires_in":5}"#.utf8), now: 0))
        #expect(token.text == "t")
        #expect(token.expires == 50_000_000_000)
        let other = try #require(
            BearerToken(json: Array(#"{"token":"u","expires_in":300,"refresh_token":"r"}"#.utf8), now: 0))
        #expect(other.expires == 290_000_000_000)
        #expect(other.refresh == "r")
        #expect(BearerToken(json: Array(#"{"token":"a\nInjected: yes"}"#.utf8), now: 0) == nil)
    }

    @Test func scopesNameRepositoryAndActions() {
        #expect(TokenScope.pull("library/redis").description == "repository:library/redis:pull")
        #expect(TokenScope.push("me/app").description == "repository:me/app:pull,push")
    }
}
