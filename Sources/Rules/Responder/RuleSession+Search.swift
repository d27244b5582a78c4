internal import BlackholePipeline
internal import BlackholeSMTP

extension RuleSession {
    /// What a search may look at besides the session.
    struct Question: BitwiseCopyable {
        var stage: Stage
        var now: Instant
        var id: MessageID?
    }

    /// Decides at a stage.
    ///
    /// - Parameters:
    ///   - first: the current recipient, or the verb.
    ///   - second: the parameters of MAIL and RCPT, the argument of a command, or the password.
    func decide(
        _ stage: Stage, _ first: RawSpan = RawSpan(), _ second: RawSpan = RawSpan(),
        id: MessageID? = nil, at now: Instant
    ) -> Decision {
        var decision = Decision()
        guard let table = program.tables[Int(stage.rawValue)] else { return decision }
        let question = Question(stage: stage, now: now, id: id)
        if outside != nil, let decision = continued(table, question, first, second) {
            return decision
        }
        search(table, question, first, second, &decision)
        return decision
    }

    /// Searches the rules of a table, up to the first that answers.
    func search(
        _ table: StageTable, _ question: Question, _ first: RawSpan, _ second: RawSpan,
        _ decision: inout Decision
    ) {
        if table.isPlain {
            var place = 0
            while let rule = table.next(&place, self) {
                guard holds(rule, question.stage, first, second) else { continue }
                fire(rule, question, first, &decision)
                if decision.answer != nil { return }
            }
            return
        }
        var candidates = Candidates(table, self)
        while let rule = candidates.next(self) {
            guard holds(rule, question.stage, first, second) else { continue }
            fire(rule, question, first, &decision)
            if decision.answer != nil { return }
        }
    }

    /// Searches the rules of a table that follow one of them.
    func search(
        _ table: StageTable, after last: Int, _ question: Question, _ first: RawSpan,
        _ second: RawSpan, _ decision: inout Decision
    ) {
        var candidates = Candidates(table, self)
        while decision.answer == nil, let rule = candidates.next(self) {
            guard rule > last, holds(rule, question.stage, first, second) else { continue }
            fire(rule, question, first, &decision)
        }
    }

    /// Tries one rule.
    func attempt(_ rule: Int, _ question: Question, _ decision: inout Decision) {
        guard holds(rule, question.stage, RawSpan(), RawSpan()) else { return }
        fire(rule, question, RawSpan(), &decision)
    }

    /// Counts a match, and does what the rule does if it fires.
    private func fire(
        _ rule: Int, _ question: Question, _ recipient: RawSpan, _ decision: inout Decision
    ) {
        let keys = program.compiled[rule].keys
        let key = keys.isEmpty ? nil : key(keys, at: question.stage)
        var match = program.tallies[rule].decide(key, at: question.now)
        guard match.fires else { return }
        let outcome = program.outcomes[rule]
        let givesWay = program.compiled[rule].givesWay
        var chosen = 0
        if let choice = outcome.choice {
            guard let picked = choice.pick(&match.draw) else { return }
            chosen = picked
        }
        let values = PlaceholderValues(
            session: self, stage: question.stage, count: match.count, id: question.id)
        decision.add(
            outcome.alternatives[chosen], of: rule, givesWay: givesWay, &match.draw, values,
            recipient)
        if decision.answer != nil { answeredBy = rule }
    }

    /// Whether all checks of a rule hold.
    @inline(__always)
    private func holds(
        _ rule: Int, _ stage: Stage, _ first: RawSpan, _ second: RawSpan
    ) -> Bool {
        let compiled = program.compiled[rule]
        guard words[compiled.bits.word] & compiled.bits.mask == compiled.bits.value else {
            return false
        }
        return compiled.checks.start == compiled.checks.end
            || holdsAll(compiled.checks, rule, stage, first, second)
    }

    private func holdsAll(
        _ range: (start: UInt32, end: UInt32), _ rule: Int, _ stage: Stage, _ first: RawSpan,
        _ second: RawSpan
    ) -> Bool {
        var place = Int(range.start)
        while place < Int(range.end) {
            guard holds(program.checks[place], rule, stage, first, second) else { return false }
            place += 1
        }
        return true
    }

    @inline(__always)
    private func holds(
        _ check: Check, _ rule: Int, _ stage: Stage, _ first: RawSpan, _ second: RawSpan
    ) -> Bool {
        switch check {
        case .bit(let bit, let wanted): return hasBit(bit) == wanted
        case .senderAddress(let number, let wanted):
            return (senderNumbers.address == number) == wanted
        case .senderDomain(let number, let wanted):
            return (senderNumbers.domain == number) == wanted
        case .recipientAddress(let number, let wanted):
            return (recipientNumbers.address == number) == wanted
        case .recipientDomain(let number, let wanted):
            return (recipientNumbers.domain == number) == wanted
        case .recipient(let matcher, let wanted):
            return program.matchers[Int(matcher)].matches(first) == wanted
        case .number(let fact, let comparison, let operand):
            guard let number = number(fact, at: stage) else { return false }
            return comparison.holds(number, operand)
        default: return holdsRarely(check, rule, stage, first, second)
        }
    }

    /// The checks that few rules have.
    @inline(never)
    private func holdsRarely(
        _ check: Check, _ rule: Int, _ stage: Stage, _ first: RawSpan, _ second: RawSpan
    ) -> Bool {
        switch check {
        case .hasRecipient: return recipients > 0
        case .hasSize(let wanted): return (size != nil) == wanted
        case .open(let place, let comparison, let operand):
            return comparison.holds(open(place), operand)
        case .trips(let comparison, let operand):
            let keys = program.compiled[rule].keys
            let key = keys.isEmpty ? nil : key(keys, at: stage)
            return comparison.holds(program.allTallies.trips(of: key), operand)
        case .text(let text, let matcher, let wanted):
            if text == .password, !hasPassword { return false }
            if text == .argument, second.isEmpty { return false }
            return program.matchers[Int(matcher)].matches(text == .verb ? first : second) == wanted
        case .hasArgument(let wanted): return !second.isEmpty == wanted
        case .parameter(let name, let matcher, let wanted):
            guard
                let value = RuleSession.parameter(program.parameterNames[Int(name)], in: second)
            else { return false }
            return program.matchers[Int(matcher)].matches(second.extracting(value)) == wanted
        case .hasParameter(let name, let wanted):
            let value = RuleSession.parameter(program.parameterNames[Int(name)], in: second)
            return (value != nil) == wanted
        default: return false
        }
    }

    private func number(_ fact: Check.Number, at stage: Stage) -> UInt64? {
        switch fact {
        case .size: size
        case .bytes: bytes
        case .recipients: recipients + (stage == .recipient ? 1 : 0)
        case .messages: messages + (isInMessage ? 1 : 0)
        case .commands: commands
        case .hops: header?.hops ?? 0
        }
    }

    /// The value of a parameter, empty if there is no `=`; nil if the parameter is not there.
    static func parameter(_ name: [UInt8], in parameters: RawSpan) -> Range<Int>? {
        var offset = 0
        while offset < parameters.byteCount {
            if byte(offset, parameters).isBlank {
                offset += 1
                continue
            }
            let start = offset
            while offset < parameters.byteCount, !byte(offset, parameters).isBlank { offset += 1 }
            var place = 0
            while place < name.count, start + place < offset,
                byte(start + place, parameters).small == name[place]
            {
                place += 1
            }
            guard place == name.count else { continue }
            let end = start + place
            if end == offset { return end..<end }
            if byte(end, parameters) == UInt8(ascii: "=") { return end + 1..<offset }
        }
        return nil
    }

    private static func byte(_ offset: Int, _ text: RawSpan) -> UInt8 {
        text.unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self)
    }
}
