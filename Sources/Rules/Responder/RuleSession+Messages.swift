package import BlackholePipeline
internal import BlackholeSMTP

// What becomes of decisions, and the content of messages.
extension RuleSession {
    /// Answers at a stage.
    @inline(__always)
    func answer(
        _ stage: Stage, _ first: RawSpan = RawSpan(), _ second: RawSpan = RawSpan(),
        lasts: Bool = false, at now: Instant
    ) -> Answer {
        guard program.tables[Int(stage.rawValue)] != nil else {
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
        let plan = ReplyPlan(ReplyTemplate(code), at: .recipient)
        guard case .constant(let reply) = plan else { return decision }
        decision.answer = code == 421 ? .reply(reply).thenClose() : .reply(reply)
        return decision
    }

    /// Asks the rules for DATA, if BDAT has begun the message: they reply at its end.
    func askData(at now: Instant) {
        guard !hasAskedData else { return }
        hasAskedData = true
        isInMessage = true
        guard program.tables[Int(Stage.data.rawValue)] != nil else { return }
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

    /// Answers a message at its end: as DATA, content, the message itself or the rules decide.
    func answer(_ message: IncomingMessage, at now: Instant) -> Answer {
        bytes = UInt64(message.bytes)
        header?.end(self)
        let table = program.tables[Int(Stage.message.rawValue)]
        if table == nil, decided == nil, header?.request == nil {
            forgetReply()
            return .accept
        }
        let data = decided?.data
        if let decision = data, let answer = decision.answer, !answer.asksForContent {
            return carryOut(decision)
        }
        tryContent(at: now)
        var decision = decided?.content ?? Decision()
        decision.delay += data?.delay ?? 0
        if decision.garble == nil { decision.garble = data?.garble }
        // To accept the content says nothing about the message.
        if let answer = decision.answer, !answer.isPlainAcceptance { return carryOut(decision) }
        var own = Decision()
        if let request = header?.request { own.add(request, self, at: now) }
        decision.delay += own.delay
        decision.lasting = own.lasting
        decision.garble = decision.garble ?? own.garble
        decision.answer = own.answer
        decision.resetsAfterReply = own.resetsAfterReply
        decision.hasEffects = decision.hasEffects || own.hasEffects
        if decision.answer == nil, let table {
            let question = Question(stage: .message, now: now, id: message.id)
            search(table, question, RawSpan(), RawSpan(), &decision)
        }
        return carryOut(decision)
    }

    /// What is wrong with the certificate that is shown, as rules decide at the ClientHello.
    ///
    /// - Parameters:
    ///   - serverName: the host name in the ClientHello.
    ///   - version: the version of TLS, as far as it is known.
    ///   - isImplicit: whether TLS begins with the connection: the stage is `connect`, not
    ///     `starttls`.
    package func certificate(
        serverName: String?, version: String, isImplicit: Bool, at now: Instant
    ) -> Rule.CertificateFlaw? {
        let tables = program.certificateTables
        guard let table = isImplicit ? tables.connect : tables.startTLS else {
            return effects.certificate
        }
        let before = (connection.tls, connection.serverName)
        (connection.tls, connection.serverName) = (version, serverName)
        setSecurity()
        defer {
            (connection.tls, connection.serverName) = before
            setSecurity()
        }
        var decision = Decision()
        let question = Question(stage: isImplicit ? .connect : .startTLS, now: now)
        var candidates = Candidates(table, self)
        while decision.certificate == nil, let rule = candidates.next(self) {
            guard rule < effects.certificateRule else { break }
            attempt(rule, question, &decision)
        }
        return decision.certificate?.flaw ?? effects.certificate
    }
}

extension Decision {
    /// Carries out what a message requests for itself.
    fileprivate mutating func add(
        _ request: CompiledAlternative, _ session: RuleSession, at now: Instant
    ) {
        var draw = Draws(seed: UInt64(bitPattern: now.nanoseconds), for: RuleIdentity(text: ""))[0]
        let values = PlaceholderValues(session: session, stage: .message, count: 1, id: nil)
        add(request, of: 0, &draw, values, RawSpan())
    }
}
