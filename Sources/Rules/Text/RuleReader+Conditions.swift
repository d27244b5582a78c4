internal import BlackholeSMTP

/// The left side of a rule, after its stage.
struct Conditions {
    var tests: [Rule.Test] = []
    var paces: [Rule.Pace] = []
    /// What is wrong unless the rule chooses a certificate and does nothing else.
    var faultWithoutCertificate: RuleError?
    var hold: Int?
}

extension RuleReader {
    /// Reads tests and paces, up to and with the arrow.
    mutating func readConditions() throws(RuleError) -> Conditions {
        var conditions = Conditions()
        while true {
            skipBlanks()
            guard !isAtEnd else {
                throw error(place, "'->' is missing", "after it stands what to do: -> 450")
            }
            if opens("->", at: place) { break }
            try readCondition(into: &conditions)
        }
        place += 2
        let hasRate = conditions.paces.contains { $0.keyword == "over" }
        if let hold = conditions.hold, !hasRate {
            throw error(hold, "'hold' without 'over' never begins", "add over=N/s")
        }
        return conditions
    }

    private mutating func readCondition(into conditions: inout Conditions) throws(RuleError) {
        let start = place
        while !isAtEnd, !next.isBlank, !"=!<>".utf8.contains(next) { place += 1 }
        let key = start..<place
        let word = text(key)
        if byte(place - 1) == UInt8(ascii: "-"), next == UInt8(ascii: ">") {
            throw error(place - 1, "a blank is missing before '->'")
        }
        guard !isAtEnd, !next.isBlank else { throw lonely(key, word) }
        if Rule.Pace.keywords.contains(word) {
            guard !conditions.paces.contains(where: { $0.keyword == word }) else {
                throw error(start, "'\(word)' is there twice")
            }
            if word == "hold" { conditions.hold = start }
            conditions.paces.append(try readPace(word))
            return
        }
        let fact = try fact(word, at: key)
        let fault = unknownFact(fact, at: start)
        if let fault {
            guard stage.knows(fact, onlyCertificate: true) else { throw fault }
            conditions.faultWithoutCertificate = conditions.faultWithoutCertificate ?? fault
        }
        guard conditions.tests.count < Rule.Limits.tests else {
            throw error(start, "a rule has at most \(Rule.Limits.tests) tests")
        }
        conditions.tests.append(try readTest(of: fact))
    }

    /// What is wrong with a word without a value.
    private func lonely(_ range: Range<Int>, _ word: String) -> RuleError {
        if byte(endOfBlanks(range.upperBound)) == UInt8(ascii: "=") {
            return error(range.upperBound, "a blank before '='", "write '\(word)=' and the value")
        }
        if Stage(keyword: word) != nil {
            return error(range.lowerBound, "\(quoted(range)) is a second stage", "a rule has one")
        }
        if Rule.Step.keywords.contains(word) || Int(word) != nil {
            return error(range.lowerBound, "'->' is missing before \(quoted(range))")
        }
        if Fact(keyword: word) != nil || Rule.Pace.keywords.contains(word) {
            return error(range.upperBound, "\(quoted(range)) has no value", "write '\(word)='")
        }
        return unknown(range, word)
    }

    private func unknown(_ range: Range<Int>, _ word: String) -> RuleError {
        error(
            range.lowerBound, "unknown test \(quoted(range))",
            Suggestion.hint(
                for: word, among: Fact.plain.map(\.keyword) + Rule.Pace.keywords, Suggestion.facts))
    }

    private func fact(_ word: String, at range: Range<Int>) throws(RuleError) -> Fact {
        if let fact = Fact(keyword: word) { return fact }
        if word.hasPrefix("header.") || word.hasPrefix("param.") {
            throw error(
                range.lowerBound, "\(quoted(range)) does not name a field or parameter",
                "write header.Message-ID or param.BODY")
        }
        throw unknown(range, word)
    }

    /// What is wrong with a test that its stage cannot answer.
    private func unknownFact(_ fact: Fact, at offset: Int) -> RuleError? {
        guard !stage.knows(fact) else { return nil }
        if stage.knows(fact, onlyCertificate: true) {
            return error(
                offset, "'\(stage.keyword)' knows '\(fact.keyword)' only to choose a certificate",
                "'certificate' must be the rule's only step")
        }
        return error(
            offset, "'\(stage.keyword)' cannot know '\(fact.keyword)'", suitableStages(fact))
    }

    private func suitableStages(_ fact: Fact) -> String {
        if fact == .recipient, stage == .sender { return "did you mean 'from', or 'rcpt'?" }
        if fact == .bytes, stage.knows(.size) { return "did you mean 'size'?" }
        return "it is known at \(fact.places)"
    }

    // MARK: Tests

    private mutating func readTest(of fact: Fact) throws(RuleError) -> Rule.Test {
        let start = place
        let comparison: Rule.Comparison
        if opens("!=", at: place) {
            comparison = .unequal
        } else if let symbol = Rule.Comparison(rawValue: text(place..<place + 1)) {
            comparison = symbol
        } else {
            throw error(place, "'!' without '='", "did you mean '\(fact.keyword)!='?")
        }
        place += comparison.rawValue.utf8.count
        if next == UInt8(ascii: "=") || next == UInt8(ascii: ">") && comparison == .less {
            throw error(start, "unknown comparison", comparisonHint(comparison, fact))
        }
        guard comparison == .equal || comparison == .unequal || fact.isNumeric else {
            throw error(
                start, "'\(fact.keyword)' is not a number",
                "it is compared by '=' and '!='")
        }
        let value = place
        let end = fact.kind == .address ? try endOfAddress() : endOfWord(place)
        guard end > value else {
            throw error(value, "'\(fact.keyword)' has no value", emptyHint(fact))
        }
        let operand = try readOperand(fact, value..<end, comparison)
        return Rule.Test(fact, comparison, operand)
    }

    /// What is meant by `<=`, `>=`, `==` or `<>`.
    private func comparisonHint(_ comparison: Rule.Comparison, _ fact: Fact) -> String {
        let number = UInt64(text(place + 1..<endOfWord(place)))
        switch (comparison, number) {
        case (.greater, let number?) where number > 0:
            return "did you mean '\(fact.keyword)>\(number - 1)'?"
        case (.less, let number?) where next == UInt8(ascii: "=") && number < .max:
            return "did you mean '\(fact.keyword)<\(number + 1)'?"
        case (.equal, _): return "did you mean '\(fact.keyword)='?"
        case (.less, _) where next == UInt8(ascii: ">"): return "did you mean '!='?"
        default: return "comparisons are = != < >"
        }
    }

    private func emptyHint(_ fact: Fact) -> String? {
        switch fact {
        case .user: "write 'user=none' without authentication, or user=\"\" for an empty name"
        case .sender: "write 'from=none' for the null path"
        default: fact.isOptional ? "write '\(fact.keyword)=none' where it is absent" : nil
        }
    }

    /// Where an address ends: at a blank that is not in quotes.
    private func endOfAddress() throws(RuleError) -> Int {
        var offset = place
        var quote: Int?
        while offset < bytes.count, quote != nil || !bytes[offset].isBlank {
            if bytes[offset] == UInt8(ascii: "\"") { quote = quote == nil ? offset : nil }
            if bytes[offset] == UInt8(ascii: "\\"), quote != nil { offset += 1 }
            offset += 1
        }
        if let quote { throw error(quote, "the closing quote is missing") }
        return min(offset, bytes.count)
    }
}

extension Fact {
    /// Creates the fact of a word; nil if there is none.
    init?(keyword: String) {
        if keyword.hasPrefix("header.") {
            self = .header(String(keyword.dropFirst(7)))
        } else if keyword.hasPrefix("param.") {
            self = .parameter(String(keyword.dropFirst(6)))
        } else if let fact = Fact.plain.first(where: { $0.keyword == keyword }) {
            self = fact
        } else {
            return nil
        }
        switch self {
        case .header(let name), .parameter(let name):
            // No colon: it ends the name of a field.
            guard !name.isEmpty,
                name.utf8.allSatisfy({ 0x21...0x7E ~= $0 && $0 != UInt8(ascii: ":") })
            else { return nil }
        default: break
        }
    }
}
