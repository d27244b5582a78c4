internal import BlackholeSMTP

extension RuleReader {
    /// Reads the right side of a rule, to the end.
    mutating func readOutcome() throws(RuleError) -> Rule.Outcome {
        var alternatives: [Rule.Alternative] = []
        var total: UInt64 = 0
        repeat {
            skipBlanks()
            guard alternatives.count < Rule.Limits.alternatives else {
                throw error(
                    place, "a rule has at most \(Rule.Limits.alternatives) alternatives")
            }
            let start = place
            let weight = try readWeight()
            total += weight?.multiplied(by: 1_000_000_000) ?? 0
            guard total <= Rule.Outcome.whole else {
                throw error(start, "the alternatives add up to more than 100 %")
            }
            let isAfterText = alternatives.last?.steps.last?.hasBareText ?? false
            let steps = try readSteps(isAfterText: isAfterText)
            alternatives.append(Rule.Alternative(weight: weight, steps))
        } while take(UInt8(ascii: "|"))
        return Rule.Outcome(alternatives)
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        place += 1
        return true
    }

    private mutating func readWeight() throws(RuleError) -> DecimalNumber? {
        let start = place
        let end = endOfStepWord(place)
        guard end > start, bytes[end - 1] == UInt8(ascii: "%") else { return nil }
        guard let weight = readDecimal(before: end - 1), place == end - 1,
            weight.approximation <= 100
        else {
            place = start
            throw error(start, "\(quoted(start..<end)) is not a percentage from 0 to 100")
        }
        place = end
        return weight
    }

    /// Where a word of a step ends: at a blank, `;`, `|` or the end.
    private func endOfStepWord(_ start: Int) -> Int {
        var offset = start
        while offset < bytes.count, !bytes[offset].isBlank, !isEndOfStep(offset) { offset += 1 }
        return offset
    }

    /// Whether no byte of a step stands at an offset.
    func isEndOfStep(_ offset: Int) -> Bool {
        offset >= bytes.count || bytes[offset] == UInt8(ascii: ";")
            || bytes[offset] == UInt8(ascii: "|")
    }

    /// Reads steps up to `|` or the end.
    ///
    /// - Parameters:
    ///   - isAfterText: whether a text comes before, of which this could be a part.
    ///   - allow: throws at a step that is not allowed here, given with its offset.
    mutating func readSteps(
        isAfterText: Bool = false,
        allow: (RuleReader, Rule.Step, Int) throws(RuleError) -> Void = { _, _, _ in }
    ) throws(RuleError) -> [Rule.Step] {
        var steps: [Rule.Step] = []
        var isAfterText = isAfterText
        repeat {
            skipBlanks()
            let start = place
            guard steps.count < Rule.Limits.steps else {
                throw error(start, "an alternative has at most \(Rule.Limits.steps) steps")
            }
            let step = try readStep(isAfterText: isAfterText)
            try allow(self, step, start)
            try check(step, after: steps, at: start)
            steps.append(step)
            skipBlanks()
            guard isEndOfStep(place) else { throw unexpected(after: step) }
            isAfterText = step.hasBareText
        } while take(UInt8(ascii: ";"))
        return steps
    }

    private func unexpected(after step: Rule.Step) -> RuleError {
        let range = place..<endOfStepWord(place)
        let isStep = Rule.Step.keywords.contains(text(range)) || bytes[place].isDigit
        return error(
            place, "unexpected \(quoted(range)) after '\(step.keyword ?? "the text")'",
            isStep ? "write ';' between two steps" : nil)
    }

    /// Refuses a step that cannot follow these, or cannot be at the stage.
    private func check(
        _ step: Rule.Step, after steps: [Rule.Step], at offset: Int
    ) throws(RuleError) {
        if case .certificate = step, stage != .connect, stage != .startTLS {
            throw error(
                offset, "'\(stage.keyword)' is too late for a certificate",
                "it is chosen at connect and starttls")
        }
        for other in steps {
            if step.isReply, other.isReply {
                throw error(offset, "a second reply", "one of several is chosen by '|'")
            }
            if step.isReply, other.isEnding {
                throw error(
                    offset, "a reply after '\(other.keyword ?? "")'",
                    "what is sent comes first: \(step.keyword ?? "450"); \(other.keyword ?? "")")
            }
            guard step.isSingle, step.kind == other.kind else { continue }
            throw error(offset, "'\(step.keyword ?? "")' after '\(other.keyword ?? "")'")
        }
    }

    private mutating func readStep(isAfterText: Bool) throws(RuleError) -> Rule.Step {
        let start = place
        let word = start..<endOfStepWord(start)
        guard !word.isEmpty else { throw error(start, "a step is missing", "accept, 450, close …") }
        if bytes[start].isDigit { return .reply(try readReply()) }
        place = word.upperBound
        switch text(word.prefix(24)) {
        case "accept": return .accept
        case "close": return .close
        case "reset": return .reset
        case "silence": return .silence
        case "keep": return .keep
        case "drop": return .drop
        case "raw": return .raw(try readRaw())
        case "wait": return .wait(try readWait())
        case "slow": return .slow(try readSpeed("slow"))
        case "drip": return .drip(try readSpeed("drip"))
        case "garble": return .garble(try readMutation())
        case "announce": return .announce(try readAnnouncement("announce"))
        case "hide": return .hide(try readAnnouncement("hide"))
        case "certificate": return .certificate(try readCertificate())
        default: throw unknownStep(word, isAfterText)
        }
    }

    private func unknownStep(_ word: Range<Int>, _ isAfterText: Bool) -> RuleError {
        let name = text(word.prefix(40))
        let hint = Suggestion.hint(for: name, among: Rule.Step.keywords, Suggestion.steps)
        if isAfterText {
            let separator = bytes[..<word.lowerBound].last { !$0.isBlank } ?? 0
            let symbol = Character(Unicode.Scalar(separator))
            return error(
                word.lowerBound, "unknown step \(quoted(word)) after '\(symbol)'",
                hint ?? "in a text, write '\\\(symbol)' or quote all of it")
        }
        return error(
            word.lowerBound, "unknown step \(quoted(word))",
            hint ?? "steps are a reply's code, \(Rule.Step.keywords.listed)")
    }

    // MARK: What follows a step's word

    /// The word after a step's own.
    private mutating func argument(of step: String, _ example: String) throws(RuleError)
        -> Range<Int>
    {
        skipBlanks()
        let range = place..<endOfStepWord(place)
        guard !range.isEmpty else {
            throw error(place, "'\(step)' has no value", "write '\(step) \(example)'")
        }
        return range
    }

    private mutating func readWait() throws(RuleError) -> Rule.Wait {
        let range = try argument(of: "wait", "2s")
        if let tilde = bytes[range].firstIndex(of: UInt8(ascii: "~")) {
            let median = try readTime(range.lowerBound..<tilde)
            let percentile = try readTime(tilde + 1..<range.upperBound)
            guard 0 < median.nanoseconds, median.nanoseconds <= percentile.nanoseconds else {
                throw error(
                    range.lowerBound, "the median is over 0, and not over the 99th percentile",
                    median.nanoseconds > 0 ? "did you mean '\(percentile)~\(median)'?" : nil)
            }
            return .lognormal(median: median, percentile99: percentile)
        }
        guard let hyphen = bytes[range].dropFirst().firstIndex(of: UInt8(ascii: "-")) else {
            return .fixed(try readTime(range))
        }
        let least = try readTime(range.lowerBound..<hyphen)
        let most = try readTime(hyphen + 1..<range.upperBound)
        guard least.nanoseconds <= most.nanoseconds else {
            throw error(
                range.lowerBound, "\(quoted(range)) ends before it begins",
                "did you mean '\(most)-\(least)'?")
        }
        return .uniform(least, most)
    }

    /// Reads `N/s`, as bytes per second.
    private mutating func readSpeed(_ step: String) throws(RuleError) -> ByteSize {
        let range = try argument(of: step, "100/s")
        guard range.count > 2, opens("/s", at: range.upperBound - 2) else {
            throw error(
                range.lowerBound, "\(quoted(range)) is not a number of bytes per second",
                "write '\(step) 100/s'")
        }
        let size = try readSize(range.lowerBound..<range.upperBound - 2)
        place = range.upperBound
        guard size.bytes > 0 else {
            throw error(
                range.lowerBound, "'\(step)' is at least 1 byte per second",
                "did you mean 'silence'?")
        }
        return size
    }

    private mutating func readMutation() throws(RuleError) -> ReplyMutation? {
        skipBlanks()
        guard !isEndOfStep(place) else { return nil }
        let range = try argument(of: "garble", "wrong-code")
        place = range.upperBound
        let word = text(range.prefix(40))
        guard let mutation = ReplyMutation(keyword: word) else {
            let kinds = ReplyMutation.allCases.map(\.keyword)
            throw error(
                range.lowerBound, "unknown kind \(quoted(range))",
                Suggestion.hint(for: word, among: kinds) ?? "kinds are \(kinds.listed)")
        }
        return mutation
    }

    private mutating func readCertificate() throws(RuleError) -> Rule.CertificateFlaw {
        let range = try argument(of: "certificate", "expired")
        place = range.upperBound
        let word = text(range.prefix(40))
        guard let flaw = Rule.CertificateFlaw(rawValue: word) else {
            let flaws = Rule.CertificateFlaw.allCases.map(\.rawValue)
            throw error(
                range.lowerBound, "unknown certificate \(quoted(range))",
                Suggestion.hint(
                    for: word, among: flaws,
                    [
                        "other": "other-name", "wrong-name": "other-name",
                        "name": "other-name", "self-signed": "untrusted", "weak": "weak-key",
                    ]) ?? "certificates are \(flaws.listed)")
        }
        return flaw
    }
}

extension Rule.Step {
    /// Whether a text without quotes ends it, in which a `;` could have been meant.
    fileprivate var hasBareText: Bool {
        if case .reply(let reply) = self { !reply.isQuoted && !reply.lines.isEmpty } else { false }
    }

    /// Whether it decides what is sent.
    var isReply: Bool {
        switch self {
        case .accept, .reply, .raw, .silence: true
        default: false
        }
    }

    var isEnding: Bool { self == .close || self == .reset }

    /// Whether no other step of the kind may be beside it.
    fileprivate var isSingle: Bool {
        switch self {
        case .wait, .announce, .hide: false
        default: true
        }
    }

    fileprivate var kind: String? {
        switch self {
        case .reset: "close"
        case .drop: "keep"
        default: keyword
        }
    }
}
