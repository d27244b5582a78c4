/// Collects what a program consists of, rule by rule.
struct ProgramBuilder {
    private(set) var compiled: [CompiledRule] = []
    var checks: [Check] = []
    private(set) var outcomes: [CompiledOutcome] = []
    private(set) var matchers: [Matcher] = []
    private(set) var tables: [StageTable?] = []
    private(set) var certificateTables: (connect: StageTable?, startTLS: StageTable?) = (nil, nil)
    private(set) var content: [(trigger: UInt64, table: StageTable)] = []
    private(set) var conditions: [[RuleProgram.Condition]]
    private(set) var recipientConditions: [RuleProgram.Condition] = []
    private(set) var addressBits: [[UInt32]] = []
    private(set) var domainBits: [[UInt32]] = []
    var addresses = TextIndex()
    var domains = TextIndex()
    private(set) var headerNames = TextIndex()
    private(set) var headerLetters = FirstLetters()
    private(set) var headerConditions: [[RuleProgram.Condition]] = []
    private(set) var parameterNames: [[UInt8]] = []
    private(set) var openKeys: [KeyParts] = []
    private(set) var keys: KeyParts = []
    private(set) var placeholders: Set<Placeholder> = []
    private(set) var wordCount = 0
    private(set) var messageWord = 0
    /// The senders and the recipients that rules name.
    var senders = NamedAddresses()
    var recipients = NamedAddresses()
    /// Whether some rule demands pairs of letters of recipients.
    private(set) var demandsPairs = false
    private(set) var editCount = 0

    private let lists: [String: AddressList]
    private var drafts: [TableKey: TableDraft] = [:]
    private var matcherPlaces: [Rule.Operand: UInt32] = [:]
    private var lastingBits: [Rule.Test: UInt32] = [:]
    /// Bits of a message have numbers of their own until all bits that last are known.
    private var messageBits: [Rule.Test: UInt32] = [:]
    private var messageBitCount: UInt32 = 0
    private var lastingBitCount = UInt32(LastingFact.allCases.count)
    /// Conditions whose bits are a message's, counted from 0.
    private var pendingHeader: [(field: UInt32, RuleProgram.Condition)] = []
    private var pendingRecipient: [(Recipients, bit: UInt32)] = []

    /// What a bit about recipients depends on.
    enum Recipients {
        case address(UInt32)
        case domain(UInt32)
        case matching(Matcher)
    }

    /// A table of rules.
    private enum TableKey: Hashable {
        case stage(Stage)
        case certificate(Stage)
        case content(trigger: UInt64)
    }

    init(_ lists: [String: AddressList]) {
        self.lists = lists
        conditions = LastingFact.allCases.map { _ in [] }
    }

    /// Appends a rule.
    ///
    /// - Parameters:
    ///   - givesWay: whether its waits give way to a delay that a message requests.
    ///   - isInTable: whether it is tried at its stage.
    ///   - isOutside: whether somebody outside has its answer, whatever its steps.
    mutating func append(
        _ rule: Rule, givesWay: Bool = false, isInTable: Bool = true, isOutside: Bool = false
    ) {
        let index = UInt32(compiled.count)
        let start = UInt32(checks.count)
        var trigger: UInt64 = 0
        var key: (StageTable.Key, UInt32)?
        var candidate: Recipients?
        if rule.stage == .content {
            let tests = rule.tests.filter { $0.fact == .bytes }
            if let first = Rule.Test.firstCount(tests) {
                trigger = first
            } else {
                checks.append(.never)
            }
        }
        let parts = KeyParts(rule.pacing.keys)
        for test in rule.tests {
            if rule.stage == .content, test.fact == .bytes { continue }
            if isInTable, key == nil, candidate == nil {
                if let found = exactKey(test, at: rule.stage) {
                    key = found
                    continue
                }
                if let found = exactRecipient(test, at: rule.stage) {
                    candidate = found
                    continue
                }
            }
            append(test, at: rule.stage, parts)
        }
        compiled.append(
            CompiledRule(
                checks: (start, UInt32(checks.count)), keys: parts, trigger: trigger,
                givesWay: givesWay))
        let outcome =
            isOutside ? .outside : CompiledOutcome(rule.outcome, at: rule.stage)
        outcomes.append(outcome)
        keys.formUnion(parts)
        for alternative in outcome.alternatives {
            placeholders.formUnion(alternative.reply?.placeholders ?? [])
            editCount += alternative.steps.count { if case .edit = $0 { true } else { false } }
        }
        guard isInTable else { return }
        let table: TableKey =
            rule.stage == .content
            ? .content(trigger: trigger)
            : !isOutside && rule.outcome.choosesCertificate
                ? .certificate(rule.stage) : .stage(rule.stage)
        drafts[table, default: TableDraft()].append(index, key, candidate)
    }

    /// What `per=` counts open connections by.
    mutating func openPlace(_ parts: KeyParts) -> UInt32 {
        if parts.isEmpty { return Check.allConnections }
        if let place = openKeys.firstIndex(of: parts) { return UInt32(place) }
        openKeys.append(parts)
        return UInt32(openKeys.count - 1)
    }

    /// The number of a header field's name.
    mutating func headerPlace(_ name: String) -> UInt32 {
        headerLetters.insert(name.utf8)
        return headerNames.insert(name.utf8)
    }

    mutating func parameterPlace(_ name: String) -> UInt32 {
        let name = name.utf8.map(\.small)
        if let place = parameterNames.firstIndex(of: name) { return UInt32(place) }
        parameterNames.append(name)
        return UInt32(parameterNames.count - 1)
    }

    /// The place of what an operand is compared by.
    mutating func matcherPlace(_ operand: Rule.Operand) -> UInt32? {
        if let place = matcherPlaces[operand] { return place }
        guard let matcher = Matcher(operand, lists) else { return nil }
        matchers.append(matcher)
        matcherPlaces[operand] = UInt32(matchers.count - 1)
        return UInt32(matchers.count - 1)
    }

    /// The bit of a comparison with a fact that lasts.
    mutating func lastingBit(_ fact: LastingFact, _ test: Rule.Test) -> UInt32? {
        let test = Rule.Test(test.fact, .equal, test.operand)
        if let bit = lastingBits[test] { return bit }
        guard let matcher = Matcher(test.operand, lists) else { return nil }
        let bit = lastingBitCount
        lastingBitCount += 1
        lastingBits[test] = bit
        conditions[fact.rawValue].append(RuleProgram.Condition(matcher: matcher, bit: bit))
        return bit
    }

    /// The bit that a header field sets, to be moved behind those that last.
    mutating func headerBit(_ field: UInt32, _ test: Rule.Test) -> UInt32? {
        let operand: Rule.Operand = test.operand == .absent ? .text("*") : test.operand
        guard let new = messageBit(Rule.Test(test.fact, .equal, operand)) else { return nil }
        if let matcher = new.matcher {
            pendingHeader.append((field, RuleProgram.Condition(matcher: matcher, bit: new.bit)))
        }
        return new.bit
    }

    /// The bit that a recipient sets, to be moved behind those that last.
    mutating func recipientBit(_ test: Rule.Test) -> UInt32? {
        guard let new = messageBit(Rule.Test(.recipient, .equal, test.operand)) else { return nil }
        if let matcher = new.matcher {
            let recipients = name(test.operand, of: .recipient)
            pendingRecipient.append((recipients ?? .matching(matcher), new.bit))
        }
        return new.bit
    }

    /// The bit of a test, and if it is a new one what sets it.
    private mutating func messageBit(_ test: Rule.Test) -> (bit: UInt32, matcher: Matcher?)? {
        if let bit = messageBits[test] { return (bit, nil) }
        guard let matcher = Matcher(test.operand, lists) else { return nil }
        let bit = messageBitCount
        messageBitCount += 1
        messageBits[test] = bit
        return (bit, matcher)
    }
}

extension ProgramBuilder {
    /// Lays the bits of sessions out, and makes the tables.
    mutating func finish() {
        messageWord = Int(lastingBitCount + 63) / 64
        let shift = UInt32(messageWord * 64)
        for index in checks.indices { checks[index] = checks[index].shifted(by: shift) }
        foldBits()
        headerConditions = Array(repeating: [], count: headerNames.count + 1)
        for (field, condition) in pendingHeader {
            headerConditions[Int(field)].append(
                RuleProgram.Condition(matcher: condition.matcher, bit: condition.bit + shift))
        }
        addressBits = Array(repeating: [], count: addresses.count + 1)
        domainBits = Array(repeating: [], count: domains.count + 1)
        for (recipients, bit) in pendingRecipient { enter(recipients, bit + shift) }
        wordCount = messageWord + Int(messageBitCount + 63) / 64
        tables = Stage.allCases.map { table(.stage($0)) }
        certificateTables = (table(.certificate(.connect)), table(.certificate(.startTLS)))
        let triggers = drafts.keys.compactMap { key -> UInt64? in
            if case .content(let trigger) = key { trigger } else { nil }
        }
        content = triggers.sorted().compactMap { trigger in
            table(.content(trigger: trigger)).map { (trigger, $0) }
        }
    }

    /// Moves the checks of bits of one word into their rules.
    private mutating func foldBits() {
        var others: [Check] = []
        for index in compiled.indices {
            let range = compiled[index].checks
            let start = UInt32(others.count)
            for check in checks[Int(range.start)..<Int(range.end)] {
                if !compiled[index].fold(check) { others.append(check) }
            }
            compiled[index].checks = (start, UInt32(others.count))
            compiled[index].demand = demand(of: others[Int(start)...])
        }
        checks = others
    }

    /// The pairs of letters that the current recipient must have.
    private mutating func demand(of checks: ArraySlice<Check>) -> UInt64 {
        let demand = checks.reduce(UInt64(0)) { demand, check in
            guard case .recipient(let place, wanted: true) = check else { return demand }
            return demand | matchers[Int(place)].demand
        }
        if demand != 0 { demandsPairs = true }
        return demand
    }

    private mutating func enter(_ recipients: Recipients, _ bit: UInt32) {
        switch recipients {
        case .address(let number): addressBits[Int(number)].append(bit)
        case .domain(let number): domainBits[Int(number)].append(bit)
        case .matching(let matcher):
            let condition = RuleProgram.Condition(matcher: matcher, bit: bit)
            if condition.demand != 0 { demandsPairs = true }
            recipientConditions.append(condition)
        }
    }

    private mutating func table(_ key: TableKey) -> StageTable? {
        guard let draft = drafts[key] else { return nil }
        let first = wordCount
        for (place, candidate) in draft.candidates.enumerated() {
            enter(candidate.recipients, UInt32(first * 64 + place))
        }
        wordCount += (draft.candidates.count + 63) / 64
        return StageTable(
            gates: draft.unindexed.map { compiled[Int($0)].gate(of: $0) }, indexed: draft.indexed,
            candidateWords: first..<wordCount,
            candidates: draft.candidates.map(\.rule))
    }
}

/// The rules of a table, while it is being made.
private struct TableDraft {
    var unindexed: [UInt32] = []
    var indexed: [[UInt32: [UInt32]]] = StageTable.Key.allCases.map { _ in [:] }
    var candidates: [(rule: UInt32, recipients: ProgramBuilder.Recipients)] = []

    mutating func append(
        _ rule: UInt32, _ key: (StageTable.Key, UInt32)?, _ candidate: ProgramBuilder.Recipients?
    ) {
        if let (key, number) = key {
            indexed[key.rawValue][number, default: []].append(rule)
        } else if let candidate {
            candidates.append((rule, candidate))
        } else {
            unindexed.append(rule)
        }
    }
}
