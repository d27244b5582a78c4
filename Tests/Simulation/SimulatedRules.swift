import BlackholePipeline
import BlackholeRuleScenarios
import BlackholeRules

/// The rules that a seed has chosen: some of the examples or made by chance, and some that end
/// connections, wait or fall silent at each stage.
enum SimulatedRules {
    static func draw(_ dice: inout Dice) -> [Rule] {
        var rules = rough.filter { _ in dice.below(4) == 0 }.map(rule)
        switch dice.below(3) {
        case 0: rules += RuleExamples.all.filter { _ in dice.coin() }.map(rule)
        case 1:
            var generator = ScenarioGenerator(seed: dice.next())
            rules = generator.rules() + rules
        default: break
        }
        return rules.filter(\.isReadable)
    }

    private static func rule(_ text: String) -> Rule {
        do throws(RuleError) { return try Rule(text) } catch { preconditionFailure("\(error)") }
    }

    /// The longest that a rule makes a client wait, but for one in millions.
    static let patience = Duration.seconds(180)

    private static let rough = [
        "connect every=7 -> wait 0.2",
        "connect every=11 -> close",
        "connect every=13 -> reset",
        "connect every=17 -> 554 5.3.2 Not here",
        "connect chance=0.02 -> silence",
        "connect over=5/s hold=10s per=ip -> 421 4.7.0 [{ip}] Slow down",
        "connect open>20 -> wait 1; 421 4.7.0 Too many connections",
        "helo chance=0.05 -> 421 4.3.2 Later",
        "helo every=9 -> wait 1-2; 250 Hello",
        "mail chance=0.1 -> wait 0.1~2",
        "mail grey=1s..1m per=ip -> 451 4.7.1 Try again",
        "mail every=8 -> accept; close",
        "rcpt chance=0.1 -> 450|451|452",
        "rcpt chance=0.02 -> close",
        "rcpt every=50 -> wait 0.5; 550 No {to}; reset",
        "data every=6 -> reset",
        "data chance=0.1 -> 554",
        "data -> wait 0.5",
        "content bytes>1000 chance=0.2 -> reset",
        "content bytes>100 chance=0.1 -> close",
        "content bytes>3 every=4 -> 552",
        "message every=4 -> wait 3; 451 4.3.0 Number {count}; close",
        "message -> 5% close | 10% 250 2.0.0 {size} bytes | 5% reset | 5% wait 2; reset",
        "message every=9 -> silence",
        "command chance=0.3 -> 252 2.0.0 As you like",
        "command every=9 -> wait 0.1; reset",
        "vrfy every=2 -> 550 5.1.1 {ip}\\n5.1.1 Unknown; close",
        "quit every=2 -> wait 1; 221 Bye; reset",
        "quit chance=0.2 -> reset",
        "quit chance=0.2 -> silence",
    ]
}

extension Rule {
    /// Whether a client can read what it is told, and has the patience for it.
    fileprivate var isReadable: Bool {
        outcome.alternatives.flatMap(\.steps).allSatisfy { step in
            switch step {
            case .garble, .raw: false
            case .slow(let speed), .drip(let speed): speed.bytes >= 1_000
            default: true
            }
        }
    }
}
