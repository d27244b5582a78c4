internal import BlackholeSMTP

/// A rule as a program runs it: where its parts are.
struct CompiledRule: Sendable, BitwiseCopyable {
    /// Bits of one word of the session that must have certain values: most rules fail there.
    var bits = (word: 0, mask: UInt64(0), value: UInt64(0))
    /// Its other conditions, in the program's list of them.
    var checks: (start: UInt32, end: UInt32)
    /// The pairs of letters that the current recipient must have.
    var demand: UInt64 = 0
    /// What it counts by.
    let keys: KeyParts
    /// The first byte count of a message at which its tests of `bytes` hold; for
    /// ``Stage/content`` only.
    let trigger: UInt64
    /// Whether its waits give way to a delay that a message requests.
    let givesWay: Bool
}

extension CompiledRule {
    /// What it needs before it is worth a closer look.
    func gate(of rule: UInt32) -> RuleGate {
        RuleGate(
            mask: bits.mask, value: bits.value, demand: demand, word: UInt32(bits.word), rule: rule)
    }

    /// Takes a check of a bit up, if it is the first or one of the same word.
    mutating func fold(_ check: Check) -> Bool {
        guard case .bit(let bit, let wanted) = check else { return false }
        let (word, one) = (Int(bit >> 6), UInt64(1) << UInt64(bit & 63))
        let isOther = bits.mask != 0 && bits.word != word
        let contradicts = bits.mask & one != 0 && (bits.value & one != 0) != wanted
        guard !isOther, !contradicts else { return false }
        bits.word = word
        bits.mask |= one
        if wanted { bits.value |= one }
        return true
    }
}

/// What a rule does, ready for use.
struct CompiledOutcome: Sendable {
    /// How an alternative is chosen; nil if there is only one.
    let choice: Choice?
    let alternatives: [CompiledAlternative]

    /// Leaves the answer to somebody outside.
    static let outside = CompiledOutcome(alternatives: [.outside])

    private init(alternatives: [CompiledAlternative]) {
        choice = nil
        self.alternatives = alternatives
    }

    init(_ outcome: Rule.Outcome, at stage: Stage) {
        alternatives = outcome.alternatives.map { CompiledAlternative($0.steps, at: stage) }
        var left = Rule.Outcome.whole
        // A rule that no text can say may have more than the whole.
        let shares = outcome.shares.map { share -> UInt64? in
            defer { left -= min(left, share) }
            return min(left, share)
        }
        choice = outcome.isRandom ? Choice(weights: shares, of: Rule.Outcome.whole) : nil
    }
}

/// The steps of an alternative.
struct CompiledAlternative: Sendable {
    /// What does not answer, in order.
    private(set) var steps: [CompiledStep] = []
    /// What is sent; nil for the stage's own reply, or for none.
    private(set) var reply: ReplyPlan?
    /// How the search ends; nil if it continues.
    private(set) var ending: Ending?

    /// How an alternative that answers does so.
    enum Ending: Sendable, BitwiseCopyable {
        /// The reply, and the connection goes on.
        case stay
        /// The reply, then a FIN.
        case closeAfterReply
        /// The reply, then a RST.
        case resetAfterReply
        /// A FIN, without a reply.
        case close
        /// A RST, without a reply.
        case reset
        /// Nothing, from here on.
        case silence
        /// Somebody outside has the answer.
        case outside
    }

    /// What somebody outside answers.
    static let outside = {
        var alternative = CompiledAlternative([], at: .connect)
        alternative.ending = .outside
        return alternative
    }()

    init(_ steps: [Rule.Step], at stage: Stage) {
        var hasReply = false
        for step in steps {
            switch step {
            case .accept:
                hasReply = true
                ending = .stay
            case .reply(let template):
                hasReply = true
                reply = ReplyPlan(template, at: stage)
                ending = template.code == 421 ? .closeAfterReply : .stay
            case .raw(let text):
                hasReply = true
                reply = ReplyPlan(raw: text, at: stage)
                ending = .stay
            case .silence: ending = .silence
            case .close: ending = hasReply ? .closeAfterReply : .close
            case .reset: ending = hasReply ? .resetAfterReply : .reset
            default: CompiledStep(step).map { self.steps.append($0) }
            }
        }
    }
}

/// A step that does not answer.
enum CompiledStep: Sendable {
    case wait(Spread)
    case slow(UInt64)
    case drip(UInt64)
    case garble(ReplyMutation?)
    case edit(KeywordEdit)
    case keep(Bool)
    case certificate(Rule.CertificateFlaw)

    init?(_ step: Rule.Step) {
        switch step {
        case .wait(.fixed(let time)): self = .wait(Spread(time.duration))
        case .wait(.uniform(let least, let most)):
            self = .wait(Spread(from: least.duration, to: most.duration))
        case .wait(.lognormal(let median, let percentile)):
            self = .wait(Spread(median: median.duration, percentile99: percentile.duration))
        case .slow(let size): self = .slow(size.bytes)
        case .drip(let size): self = .drip(size.bytes)
        case .garble(let kind): self = .garble(kind)
        case .announce(let line): self = .edit(.announce(line))
        case .hide(let keyword): self = .edit(.hide(keyword))
        case .keep: self = .keep(true)
        case .drop: self = .keep(false)
        case .certificate(let flaw): self = .certificate(flaw)
        case .accept, .reply, .raw, .close, .reset, .silence: return nil
        }
    }
}

extension PaceSettings {
    /// Creates the settings of the paces of a rule.
    init(_ pacing: Pacing) {
        self.init()
        after = pacing.after ?? 0
        first = pacing.first ?? .max
        every = pacing.every ?? 1
        if let number = pacing.chance {
            let whole = (0..<number.places).reduce(UInt64(1)) { product, _ in product * 10 }
            chance = Chance(number.coefficient, in: whole)
        }
        if let rate = pacing.over {
            over = Rate(min(rate.limit, Rate.maximumLimit), per: rate.window.duration)
        }
        hold = pacing.hold?.duration ?? .zero
        grey = pacing.grey.map { $0.opens.duration..<TimeSpan.later($0.opens, $0.closes).duration }
        during = pacing.during.map { $0.from.duration..<TimeSpan.later($0.from, $0.to).duration }
        per = KeyParts(pacing.keys)
    }
}

extension TimeSpan {
    fileprivate static func later(_ one: TimeSpan, _ other: TimeSpan) -> TimeSpan {
        one.nanoseconds < other.nanoseconds ? other : one
    }
}

extension KeyParts {
    /// Creates the parts of the keys of a rule.
    init(_ keys: [Rule.Key]) {
        self = []
        for key in keys {
            switch key {
            case .address: insert(.ip)
            case .network: insert(.network)
            case .exactAddress: insert(.exactIP)
            case .hello: insert(.helo)
            case .sender: insert(.from)
            case .senderDomain: insert(.fromDomain)
            case .recipient: insert(.to)
            case .recipientDomain: insert(.toDomain)
            case .user: insert(.user)
            case .connection: insert(.connection)
            case .listener: insert(.listener)
            }
        }
    }

    /// What is known as long as the connection lasts.
    static let ofConnection: KeyParts = [.ip, .network, .exactIP, .connection, .listener]
}
