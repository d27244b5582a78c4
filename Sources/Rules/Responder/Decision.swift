package import BlackholeSMTP

/// What the search for an answer at a stage has found.
///
/// Steps that do not answer add up until a rule answers. Waits are added together. Of two rules that
/// both set a speed, garble, keep or choose a certificate, the first one wins.
package struct Decision {
    /// How the stage is answered; nil if no rule answers.
    package var answer: Answer?
    /// How long the answer waits, in nanoseconds.
    package var delay: Int64 = 0
    /// How long it waits unless the message requests another delay, in nanoseconds.
    var ownDelay: Int64 = 0
    /// What holds from here on.
    package var lasting = RuleEffects.Lasting()
    /// How the reply is damaged.
    package var garble: RuleEffects.Garble?
    /// What is wrong with the certificate, and the rule that says so.
    package var certificate: (flaw: Rule.CertificateFlaw, rule: Int)?
    /// Whether the connection is reset after the reply.
    package var resetsAfterReply = false
    /// Where the search has stopped for an answer from outside; nil if it has not.
    var outside: OutsideQuestion?
    /// Whether something but the answer was decided.
    package var hasEffects = false

    /// Creates a decision that nothing was found.
    package init() {}

    /// The answer with its delay; the stage's own if no rule answers.
    package var delayedAnswer: Answer {
        var answer = answer ?? .accept
        // What is waited for comes before the delay.
        guard answer.ending != .later else { return answer }
        answer.delayNanoseconds = delay.addingClamped(ownDelay)
        return answer
    }

    /// Carries out an alternative of a rule.
    mutating func add(
        _ alternative: CompiledAlternative, of rule: Int, givesWay: Bool = false,
        _ draw: inout Draw, _ values: borrowing PlaceholderValues, _ recipient: RawSpan
    ) {
        for step in alternative.steps {
            hasEffects = true
            switch step {
            case .wait(let spread):
                let time = spread.nanoseconds(&draw)
                if givesWay {
                    ownDelay = ownDelay.addingClamped(time)
                } else {
                    delay = delay.addingClamped(time)
                }
            case .slow(let speed): lasting.slow = lasting.slow ?? speed
            case .drip(let speed): lasting.drip = lasting.drip ?? speed
            case .garble(let kind):
                let seed = draw.bits()
                garble = garble ?? RuleEffects.Garble(kind: kind, seed: seed)
            case .edit(let edit): values.append(edit)
            case .keep(let keeps): lasting.keeps = lasting.keeps ?? keeps
            case .certificate(let flaw): certificate = certificate ?? (flaw, rule)
            }
        }
        guard let ending = alternative.ending else { return }
        let reply = alternative.reply?.reply(values, recipient)
        var answer = reply.map { Answer.reply($0) } ?? .accept
        switch ending {
        case .stay: break
        case .closeAfterReply: answer = answer.thenClose()
        case .resetAfterReply:
            answer = answer.thenClose()
            resetsAfterReply = true
        case .close: answer = .close
        case .reset: answer = .reset
        case .silence: answer = .silence
        case .outside:
            answer = .later(within: .nanoseconds(Int64.max))
            if let answering = values.session.program.outside[rule] {
                outside = OutsideQuestion(answering, at: rule, draw, values)
            }
        }
        self.answer = answer
    }
}

extension Int64 {
    /// The sum of two numbers that are not negative.
    func addingClamped(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
