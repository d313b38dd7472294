import Primitives
import Testing

@Test func anErrorReadsAsASentenceAboutTheText() {
    let error = GrammarError("is not a duration", in: "5 parsecs", at: 1)
    #expect(error.description == "\"5 parsecs\" is not a duration")
    #expect(error.offset == 1)
}
