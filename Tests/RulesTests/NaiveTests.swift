import BlackholeRuleScenarios
import BlackholeRules
import Testing

@Suite struct NaiveTests {
    @Test(arguments: 0..<12 as Range<UInt64>)
    func `a program decides as a naive interpreter of its rules does`(seed: UInt64) {
        for part in 0..<15 as Range<UInt64> {
            var scenario = Scenario(seed: seed * 1_000 + part)
            if let difference = scenario.difference(steps: 60) {
                Issue.record("seed \(seed * 1_000 + part)\n\(difference)")
                return
            }
        }
    }
}
