internal import BlackholePipeline

/// Rules, ready to run: made once of an ordered list, off the loops, and never changed.
///
/// Rules are sorted by stage, so that a stage without rules costs one load and one test. What lasts
/// (peer, listener, TLS, the names of client and user, the sender) is compared when it arrives, and
/// kept as bits of the session. Exact addresses and domains are found by hash.
package final class RuleProgram: Sendable {
    /// The rules, in order.
    package let rules: [Rule]
    /// What each rule is called that has no name; nil for its place from 1.
    private let ids: [Int]?
    /// What each rule counts, and how it draws; behind them those of requested modes.
    package let tallies: [Tally]
    /// What all rules of the process count.
    package let allTallies: Tallies
    /// The name that `{host}` stands for.
    let host: [UInt8]

    let compiled: [CompiledRule]
    let checks: [Check]
    let outcomes: [CompiledOutcome]
    let matchers: [Matcher]
    /// For each stage, its rules; nil without any.
    let tables: [StageTable?]
    /// The rules that only choose a certificate: at `connect`, and at `starttls`.
    let certificateTables: (connect: StageTable?, startTLS: StageTable?)
    /// The rules of ``Stage/content``, by the byte count at which they are tried.
    let content: [(trigger: UInt64, table: StageTable)]

    /// For each fact that lasts, what is compared when it arrives.
    let conditions: [[Condition]]
    /// The recipients that later stages ask about, by the bits that they set.
    let recipientConditions: [Condition]
    /// Bits that a recipient sets, by the number of its address, and of its domain.
    let recipientBits: (address: [[UInt32]], domain: [[UInt32]])
    /// Exact addresses, and domains.
    let addresses, domains: TextIndex
    /// The names of header fields, and what is compared with their values.
    let headerNames: TextIndex
    let headerConditions: [[Condition]]
    /// The first letters of those names.
    let headerLetters: FirstLetters
    /// The names of parameters.
    let parameterNames: [[UInt8]]
    /// What open connections are counted by, and what each of these places counts by.
    let openKeys: [KeyParts]
    /// All keys of all rules.
    let keys: KeyParts
    /// What a session keeps for placeholders.
    let keptTexts: KeptTexts
    /// The stages at which there are rules, a bit each.
    let stages: UInt16
    /// The facts with conditions, a bit each.
    let hasConditions: UInt8
    /// Whether there are ``recipientConditions``.
    let hasRecipientConditions: Bool
    /// Whether there are ``openKeys``.
    let countsOpen: Bool
    /// How many words of bits a session has; those from the second number on are a message's.
    let words: (count: Int, ofMessage: Int)
    /// What tells of senders and of recipients that no rule names them; nil if rules name none.
    let senderFilter, recipientFilter: AddressFilter?
    /// Whether the pairs of letters of recipients matter.
    let demandsPairs: Bool
    /// For each stage, what must hold before a rule is looked at.
    nonisolated(unsafe) let guards: UnsafeMutablePointer<StageGuard>
    /// The rules that a requested mode stands for.
    let requestedModes: [(mode: Mode, rule: Int)]
    /// The rules at `message` whose waits give way to a requested delay.
    let messageDelays: [Int]
    /// Whether some rule chooses a certificate.
    package let choosesCertificates: Bool
    /// Who has the answers of rules that leave them to somebody outside, by the rules' places.
    let outside: [Int: any AnyObject & Sendable]
    /// How many changes to EHLO's keywords all rules make together.
    let editCount: Int

    /// A comparison that is made when its fact arrives.
    struct Condition: Sendable {
        let matcher: Matcher
        let bit: UInt32
        /// The pairs of letters that a text needs to match.
        let demand: UInt64

        init(matcher: Matcher, bit: UInt32) {
            self.matcher = matcher
            self.bit = bit
            demand = matcher.demand
        }
    }

    /// Creates a program.
    ///
    /// - Parameters:
    ///   - rules: the rules, in order.
    ///   - tallies: what the rules of the process count; a rule that was there before keeps its
    ///     counts.
    ///   - host: the name that `{host}` stands for.
    ///   - modes: what settings add for messages that request a mode or a delay.
    ///   - lists: the files that rules name as `@/path`, by their paths. One that is not there lists
    ///     nothing.
    ///   - outside: who has the answers of rules, by their places: such a rule has no steps, and is
    ///     not one of ``Stage/content``, where nobody can wait. See ``OutsideQuestion``.
    ///   - ids: what each rule is called that has no name; nil for its place from 1.
    package init(
        _ rules: [Rule], _ tallies: Tallies, host: String = "localhost",
        lists: [String: AddressList] = [:], modes: ModeRules = ModeRules(),
        outside: [Int: any AnyObject & Sendable] = [:], ids: [Int]? = nil
    ) {
        self.rules = rules
        self.ids = ids
        self.host = Array(host.utf8)
        self.outside = outside
        allTallies = tallies
        let all = rules + modes.requested.map(\.rule)
        let identities = RuleIdentity.all(of: all.map { ($0.name, $0.text) })
        self.tallies = tallies.tallies(
            for: zip(identities, all).map { ($0, PaceSettings($1.pacing)) })
        var builder = ProgramBuilder(lists)
        for (place, rule) in rules.enumerated() {
            builder.append(
                rule, givesWay: modes.delays.contains(place), isOutside: outside[place] != nil)
        }
        requestedModes = modes.requested.enumerated().map { ($1.mode, rules.count + $0) }
        messageDelays = modes.delays.sorted().filter { rules[$0].stage == .message }
        for (_, rule) in modes.requested { builder.append(rule, isInTable: false) }
        builder.finish()
        compiled = builder.compiled
        checks = builder.checks
        outcomes = builder.outcomes
        matchers = builder.matchers
        tables = builder.tables
        certificateTables = builder.certificateTables
        content = builder.content
        conditions = builder.conditions
        recipientConditions = builder.recipientConditions
        recipientBits = (builder.addressBits, builder.domainBits)
        addresses = builder.addresses
        domains = builder.domains
        headerNames = builder.headerNames
        headerConditions = builder.headerConditions
        headerLetters = builder.headerLetters
        parameterNames = builder.parameterNames
        openKeys = builder.openKeys
        keys = builder.keys
        keptTexts = KeptTexts(builder.placeholders)
        stages = Stage.allCases.reduce(0) { stages, stage in
            let hasRules =
                stage == .content
                ? !builder.content.isEmpty : builder.tables[Int(stage.rawValue)] != nil
            return stages | (hasRules ? stage.bit : 0)
        }
        hasConditions = LastingFact.allCases.reduce(0) { facts, fact in
            facts | (builder.conditions[fact.rawValue].isEmpty ? 0 : fact.bit)
        }
        hasRecipientConditions = !builder.recipientConditions.isEmpty
        countsOpen = !builder.openKeys.isEmpty
        words = (builder.wordCount, builder.messageWord)
        senderFilter = builder.senders.filter
        recipientFilter = builder.recipients.filter
        demandsPairs = builder.demandsPairs
        guards = .allocate(capacity: Stage.allCases.count)
        for (index, table) in builder.tables.enumerated() {
            (guards + index).initialize(to: table.map { StageGuard($0) } ?? StageGuard())
        }
        editCount = builder.editCount
        choosesCertificates = rules.enumerated().contains { place, rule in
            if outside[place] != nil { return rule.stage == .startTLS || rule.stage == .connect }
            return rule.outcome.alternatives.flatMap(\.steps).contains { step in
                if case .certificate = step { true } else { false }
            }
        }
    }

    deinit { guards.deallocate() }

    /// Whether a stage has rules.
    package func hasRules(at stage: Stage) -> Bool { stages & stage.bit != 0 }

    /// What a rule is called, by its place: its name, or its number.
    package func name(of place: Int) -> String {
        rules[place].name ?? "\(ids?[place] ?? place + 1)"
    }

    /// Whether what is said from MAIL to the end of a message is of interest.
    var followsMail: Bool {
        countsOpen
            || [Stage.sender, .recipient, .data, .content, .message].contains { hasRules(at: $0) }
    }

    /// Whether some rule tests header fields, or their number.
    var readsHeaders: Bool { !headerNames.isEmpty }

    /// Returns the numbers of an address and of its domain; 0 for one that no rule names.
    func numbers(of address: RawSpan) -> AddressNumbers {
        var numbers = AddressNumbers()
        if !addresses.isEmpty { numbers.address = addresses.find(address) }
        if !domains.isEmpty, let start = AddressPattern.startOfDomain(in: address) {
            numbers.domain = domains.find(address.extracting(start..<address.byteCount))
        }
        return numbers
    }
}

extension Stage {
    /// A bit of its own.
    var bit: UInt16 { 1 << UInt16(rawValue) }
}

/// The texts that a session keeps for placeholders.
struct KeptTexts: OptionSet, Sendable {
    let rawValue: UInt8

    static let sender = KeptTexts(rawValue: 1)
    /// The first recipient that was accepted.
    static let recipient = KeptTexts(rawValue: 2)
}

extension KeptTexts {
    init(_ placeholders: Set<Placeholder>) {
        self = []
        if placeholders.contains(.sender) { insert(.sender) }
        if placeholders.contains(.recipient) || placeholders.contains(.recipientDomain) {
            insert(.recipient)
        }
    }
}

/// The numbers of an address and of its domain, among those that rules name; 0 for others.
struct AddressNumbers: Sendable, BitwiseCopyable {
    var address: UInt32 = 0
    var domain: UInt32 = 0

    /// Whether one of them is named.
    var isKnown: Bool { address | domain != 0 }
}

/// A fact that lasts: its place in a program's conditions.
enum LastingFact: Int, CaseIterable {
    case peer, listener, tls, serverName, hello, user, sender

    init?(_ fact: Fact) {
        switch fact {
        case .peer: self = .peer
        case .listener: self = .listener
        case .tls: self = .tls
        case .serverName: self = .serverName
        case .hello: self = .hello
        case .user: self = .user
        case .sender: self = .sender
        default: return nil
        }
    }

    /// The bit that is set while the fact is present: in the first word of each session.
    var presence: UInt32 { UInt32(rawValue) }
    /// A bit of its own.
    var bit: UInt8 { 1 << UInt8(rawValue) }
}
