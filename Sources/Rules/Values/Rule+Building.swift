internal import BlackholeSMTP

// What makes a rule in Swift read like its text.
extension Rule {
    /// Creates a rule that does some steps at a stage.
    ///
    /// ```swift
    /// Rule(at: .recipient, matching: "*@full.example", first: 2, .reply(452, "4.2.2", "Mailbox full"))
    /// ```
    ///
    /// - Parameters:
    ///   - stage: where the rule is tried.
    ///   - pattern: only for these addresses: at ``Stage/sender`` the sender, at later stages the
    ///     recipient or any of them.
    ///   - sender: only for mail of these senders; an empty pattern is the null reverse-path.
    ///   - first: only for the first N matches.
    ///   - chance: with this probability.
    ///   - keys: what counts apart.
    ///   - steps: what is done, in order.
    public init(
        at stage: Stage, matching pattern: AddressPattern? = nil,
        from sender: AddressPattern? = nil,
        first: UInt64? = nil, chance: DecimalNumber? = nil, per keys: [Key] = [], _ steps: Step...
    ) {
        var tests: [Test] = []
        if let pattern {
            tests.append(Test(stage == .sender ? .sender : .recipient, .equal, pattern))
        }
        if let sender { tests.append(Test(.sender, .equal, sender)) }
        var paces: [Pace] = []
        if let first { paces.append(.first(first)) }
        if let chance { paces.append(.chance(chance)) }
        if !keys.isEmpty { paces.append(.per(keys)) }
        self.init(at: stage, tests: tests, paces: paces, Outcome(steps))
    }
}

extension Rule.Test {
    /// Creates a test of an address; an empty pattern is the null reverse-path.
    public init(_ fact: Fact, _ comparison: Rule.Comparison, _ pattern: AddressPattern) {
        let isNull = pattern.description.isEmpty
        self.init(fact, comparison, isNull ? .absent : .address(pattern))
    }

    /// Creates a test of a number.
    public init(_ fact: Fact, _ comparison: Rule.Comparison, _ number: UInt64) {
        self.init(fact, comparison, .number(ByteSize(number)))
    }
}

extension Rule.Step {
    /// Replies with a code and a text; a line feed in it begins another line.
    public static func reply(_ code: UInt16, _ text: String) -> Rule.Step {
        .reply(ReplyTemplate(code, nil, text))
    }

    /// Replies with a code, an enhanced code such as `"4.2.2"`, and a text.
    ///
    /// What is not an enhanced code is a part of the text.
    public static func reply(_ code: UInt16, _ enhanced: String, _ text: String) -> Rule.Step {
        if let enhanced = EnhancedCode(enhanced) {
            return .reply(ReplyTemplate(code, enhanced, text))
        }
        return .reply(ReplyTemplate(code, nil, "\(enhanced) \(text)"))
    }

    /// Replies with a code, its own enhanced code and its own text.
    public static func reply(_ code: UInt16) -> Rule.Step {
        .reply(ReplyTemplate(code))
    }

    /// Sends bytes as they are.
    public static func raw(_ bytes: some Sequence<UInt8>) -> Rule.Step {
        .raw(TextTemplate([.literal(Array(bytes))]))
    }

    /// Waits for a time.
    public static func wait(_ duration: Duration) -> Rule.Step {
        .wait(.fixed(TimeSpan(duration)))
    }
}
