import BlackholeTestSupport
import Testing

/// What rules cost a message that none of them matches, beside a server whose one rule is at no
/// stage of the message.
///
/// Instructions do not depend on the machine's speed. The bounds are a hundredth or two above what
/// was measured.
@Suite struct `Rules on the path of a message` {
    /// A set of rules, and the share of instructions that a message may cost with it.
    struct Load: CustomTestStringConvertible {
        let testDescription: String
        let rules: [String]
        let bound: Double
    }

    static let loads = [
        Load(
            testDescription: "a hundred of all kinds",
            rules: (0..<40).map { "rcpt to=u\($0)@x\($0).example -> 550" }
                + (0..<30).map { "rcpt to=@d\($0).example.net -> 550" }
                + (0..<10).map { "rcpt peer=10.\($0).0.0/16 -> 550" }
                + (0..<10).map { "mail from=@s\($0).example.org -> 550" }
                + (0..<10).map { "rcpt listener=:25\($0) -> 550" }, bound: 1.07),
        Load(
            testDescription: "a hundred globs",
            rules: (0..<100).map { "rcpt to=*foo\($0)*@bar*\($0).example -> 550" }, bound: 1.15),
        Load(
            testDescription: "ten thousand domains",
            rules: (0..<10_000).map { "rcpt to=@d\($0).example -> 550" }, bound: 1.10),
        Load(
            testDescription: "a rate by address", rules: ["rcpt per=ip over=1000000/s -> 450"],
            bound: 1.15),
    ]

    private static func options(_ rules: [String], _ folder: TemporaryDirectory) throws -> [String]
    {
        let file = try folder.write(rules.map { $0 + "\n" }.joined(), to: "some.rules")
        return ["--workers", "1", "--ssl", "False", "--rules", file]
    }

    private static func cost(_ rules: [String]) throws -> Double {
        let folder = TemporaryDirectory()
        let options = try options(rules, folder)
        let few = try CostTests().instructions(50, .lockStep, options)
        let many = try CostTests().instructions(550, .lockStep, options)
        return Double(many - few)
    }

    private static let none = Result { try cost(["quit helo=nobody -> 250"]) }

    @Test(arguments: loads)
    func `cost few instructions`(load: Load) throws {
        let share = try Self.cost(load.rules) / Self.none.get()
        #expect(share > 1)
        #expect(share <= load.bound, "\(share) of the instructions without")
    }

    @Test(arguments: loads)
    func `allocate nothing`(load: Load) throws {
        let folder = TemporaryDirectory()
        let options = try Self.options(load.rules, folder)
        let few = try CostTests().allocations(100, .lockStep, options)
        let many = try CostTests().allocations(2_100, .lockStep, options)
        #expect(few > 0, "the counter counts")
        #expect(abs(many - few) < 10, "\(many - few) allocations for 2,000 messages")
    }
}
