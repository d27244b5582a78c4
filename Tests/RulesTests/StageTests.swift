import BlackholeRules
import Testing

@Suite struct StageTests {
    @Test func `each stage has a keyword of its own`() {
        #expect(Set(Stage.allCases.map(\.keyword)).count == Stage.allCases.count)
    }
}
