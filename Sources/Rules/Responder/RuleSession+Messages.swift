internal import BlackholePipeline
internal import BlackholeSMTP

// What becomes of decisions, and the content of messages.
extension RuleSession {
    /// Answers at a stage.
    @inline(__always)
    func answer(
        _ stage: Stage, _ first: RawSpan = RawSpan(), _ second: RawSpan = RawSpan(),
        lasts: Bool = false, at now: Instant
    ) -> Answer {
        guard stages & stage.bit != 0, guards[Int(stage.rawValue)].passes(self) else {
            forgetReply()
            return .accept
        }
        return carryOut(decide(stage, first, second, at: now), lasts: lasts)
    }

    /// Forgets what was decided about the reply before.
    private func forgetReply() {
        guard effects.isAboutReply else { return }
        effects.isAboutReply = false
        effects.garble = nil
        effects.resetsAfterReply = false
    }

    /// Leaves what an answer cannot carry for the layers, and returns the answer.
    ///
    /// - Parameter lasts: whether what is decided holds for the connection, not for the message.
    func carryOut(_ decision: Decision, lasts: Bool = false) -> Answer {
        forgetReply()
        if decision.garble != nil || decision.resetsAfterReply {
            effects.isAboutReply = true
            effects.garble = decision.garble
            effects.resetsAfterReply = decision.resetsAfterReply
        }
        if let stop = decision.outside {
            outside = stop
            stop.decision = decision
            stop.decision.outside = nil
        }
        if decision.hasEffects {
            take(decision.lasting, lasts: lasts)
            if let (flaw, rule) = decision.certificate {
                effects.certificate = flaw
                effects.certificateRule = rule
            }
        }
        return decision.delayedAnswer
    }

    private func take(_ lasting: RuleEffects.Lasting, lasts: Bool) {
        if lasts {
            effects.connection.slow = lasting.slow ?? effects.connection.slow
            effects.connection.drip = lasting.drip ?? effects.connection.drip
            effects.connection.keeps = lasting.keeps ?? effects.connection.keeps
        } else {
            effects.message.slow = lasting.slow ?? effects.message.slow
            effects.message.drip = lasting.drip ?? effects.message.drip
            effects.message.keeps = lasting.keeps ?? effects.message.keeps
        }
    }

    /// What a recipient requests by its address.
    func request(_ code: UInt16) -> Decision {
        var decision = Decision()
        let reply = AddressRequest.reply(code)
        decision.answer = code == 421 ? .reply(reply).thenClose() : .reply(reply)
        return decision
    }

    /// Asks the rules for DATA, if BDAT has begun the message: they reply at its end.
    func askData(at now: Instant) {
        guard !hasAskedData else { return }
        hasAskedData = true
        isInMessage = true
        guard stages & Stage.data.bit != 0 else { return }
        let decision = decide(.data, at: now)
        decided?.data = decision
        take(decision.lasting, lasts: false)
    }

    /// Content arrives.
    func arrive(_ content: RawSpan, at now: Instant) {
        bytes += UInt64(content.byteCount)
        header?.read(content, self)
        tryContent(at: now)
    }

    /// Tries the rules for content whose byte count is reached.
    ///
    /// Each is tried once in a message, at the first byte count at which its tests hold: how the
    /// content is cut into pieces changes nothing.
    private func tryContent(at now: Instant) {
        guard let decided else { return }
        let rules = program.content
        while nextContent < rules.count, rules[nextContent].trigger <= bytes {
            let table = rules[nextContent].table
            nextContent += 1
            let arrived = bytes
            bytes = rules[nextContent - 1].trigger
            search(
                table, Question(stage: .content, now: now), RawSpan(), RawSpan(), &decided.content)
            bytes = arrived
            take(decided.content.lasting, lasts: false)
            guard let answer = decided.content.answer else { continue }
            nextContent = rules.count
            switch answer.ending {
            case .close: effects.endsNow = .close
            case .reset: effects.endsNow = .reset
            default: break
            }
        }
    }

    /// Answers a message at its end: as DATA, content, the message itself, the rules or the settings
    /// decide.
    func answer(
        _ message: IncomingMessage, _ request: MessageRequest, _ context: inout Context
    ) -> Answer {
        bytes = UInt64(message.bytes)
        lastMessage = message.id
        header?.end(self)
        let isOpen =
            stages & Stage.message.bit != 0 && guards[Int(Stage.message.rawValue)].passes(self)
        guard decided != nil || isOpen || !request.isEmpty else {
            forgetReply()
            return .accept
        }
        if outside?.stage == .data, let table = program.tables[Int(Stage.data.rawValue)] {
            let question = Question(stage: .data, now: context.now)
            decided?.data = continued(table, question, RawSpan(), RawSpan())
        }
        let data = decided?.data
        if let decision = data, let answer = decision.answer, !answer.asksForContent {
            return carryOut(decision)
        }
        tryContent(at: context.now)
        var decision = decided?.content ?? Decision()
        decision.delay = decision.delay.addingClamped(data?.delay ?? 0)
        decision.ownDelay = decision.ownDelay.addingClamped(data?.ownDelay ?? 0)
        if decision.garble == nil { decision.garble = data?.garble }
        // To accept the content says nothing about the message.
        if let answer = decision.answer, !answer.isPlainAcceptance { return carryOut(decision) }
        decision.answer = nil
        decision.lasting = RuleEffects.Lasting()
        let question = Question(stage: .message, now: context.now, id: message.id)
        let table = program.tables[Int(Stage.message.rawValue)]
        if outside != nil, let table,
            let decision = continued(table, question, RawSpan(), RawSpan())
        {
            return carryOut(decision)
        }
        carryOut(request, question, &decision, &context.random)
        if decision.answer == nil, isOpen, let table {
            search(table, question, RawSpan(), RawSpan(), &decision)
        }
        // Steps have said all there is to say about time.
        if request.steps.isEmpty, let delay = request.delay {
            decision.ownDelay = delay.drawn(&context.random).nanosecondsClamped
        }
        return carryOut(decision)
    }

    /// Carries out what a message requests for itself: steps, or else a mode.
    private func carryOut(
        _ request: MessageRequest, _ question: Question, _ decision: inout Decision,
        _ random: inout RandomSource
    ) {
        guard request.steps.isEmpty else {
            let steps = CompiledAlternative(request.steps, at: .message)
            var draw = Draw(source: RandomSource(seed: random.next()))
            let values = PlaceholderValues(
                session: self, stage: .message, count: 1, id: question.id)
            return decision.add(steps, of: 0, &draw, values, RawSpan())
        }
        switch request.mode {
        case .code(let code): decision.answer = .answer(code)
        case .mode(let mode):
            for (other, rule) in program.requestedModes
            where other == mode && decision.answer == nil {
                attempt(rule, question, &decision)
            }
        case nil: return
        }
        // The settings' own delay holds whatever the mode.
        for rule in program.messageDelays { attempt(rule, question, &decision) }
    }
}

extension Answer {
    /// The answer of a code; 250 leaves the words to the stage, which knows the message's name.
    fileprivate static func answer(_ code: ReplyCode) -> Answer {
        if code == .ok { return .accept }
        let answer = Answer.reply(Reply(code))
        // The code says that the channel is being closed; no other does (RFC 5321 §3.8).
        return code == .serviceNotAvailable ? answer.thenClose() : answer
    }
}
