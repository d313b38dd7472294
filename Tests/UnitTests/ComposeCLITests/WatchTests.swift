import ComposeModel
import Testing

@testable import ComposeCLI

struct WatchTests {
    @Test
    func patternsMatchAsInDockerignore() {
        let patterns = PathPatterns(["# comment", "node_modules/", "**/*.log", "!keep.log", "a?c/*.txt", ""])
        for path in ["node_modules", "node_modules/x/y.js", "x.log", "deep/down/y.log", "abc/1.txt"] {
            #expect(patterns.match(path), "\(path)")
        }
        for path in ["src/node_modules", "keep.log", "ac/1.txt", "abc/d/1.txt", "x.logs"] {
            #expect(!patterns.match(path), "\(path)")
        }
    }

    @Test
    func aRuleTakesWhatIsBelowItsPathWithoutWhatItOrAnEditorIgnores() {
        var trigger = WatchTrigger(path: "/srv/p/src", action: .sync)
        trigger.target = "/app"
        trigger.ignore = ["skip/"]
        let rule = WatchRule(trigger, of: Service(name: "web"))
        #expect(rule.relative("/srv/p/src/a/b.js") == "a/b.js")
        #expect(rule.relative("/srv/p/source/a") == nil)
        #expect(rule.relative("/srv/p/src/skip/a") == nil)
        #expect(rule.relative("/srv/p/src/.b.js.swp") == nil)
        #expect(rule.target("a/b.js") == "/app/a/b.js")
        #expect(rule.entersDirectory("/srv/p/src/a") && !rule.entersDirectory("/srv/p/src/.git"))
    }
}
