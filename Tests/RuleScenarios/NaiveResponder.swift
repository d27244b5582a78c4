internal import BlackholePipeline
internal import BlackholeRules
internal import BlackholeSMTP

/// Answers by a naive interpretation of the rules.
struct NaiveResponder: Responder {
    static var wantsContent: Bool { true }
    let session: NaiveSession

    mutating func connect(_ context: inout Context) -> Answer {
        let answer = answer(.connect, lasts: true, context)
        session.editMark = session.bag.effects.keywordEdits.count
        if let reply = answer.reply, reply.code >= 400, answer.ending == .stay {
            session.bag.effects.refusal = reply
        }
        return answer
    }

    mutating func hello(
        _ hello: HelloCommand, isExtended: Bool, in line: RawSpan, _ context: inout Context
    ) -> Answer {
        session.facts.hello = line.text(hello.name)
        let edits = session.bag.effects.keywordEdits
        session.bag.effects.keywordEdits = Array(edits.prefix(session.editMark))
        let answer = answer(.hello, lasts: true, context)
        session.bag.effects.editsHello = isExtended && !session.bag.effects.keywordEdits.isEmpty
        return answer
    }

    mutating func authenticate(
        _ credentials: Credentials, _ context: inout Context
    ) -> Answer {
        session.facts.user = credentials.user
        session.facts.password = credentials.password
        let answer = answer(.login, lasts: true, context)
        session.facts.password = nil
        if !NaiveResponder.succeeds(answer) { session.facts.user = nil }
        return answer
    }

    mutating func mail(
        _ mail: MailCommand, in line: RawSpan, _ context: inout Context
    ) -> Answer {
        session.endMessage()
        session.isInMessage = true
        session.bag.effects.message = RuleEffects.Lasting()
        let sender = line.text(mail.path)
        session.facts.sender = sender.isEmpty ? nil : sender
        session.facts.size = mail.size.map { UInt64($0) }
        session.facts.parameters = NaiveResponder.parameters(line.text(mail.parameters))
        let answer = answer(.sender, context)
        session.facts.parameters = []
        if !NaiveResponder.succeeds(answer) { session.endMessage() }
        return answer
    }

    mutating func recipient(
        _ recipient: RecipientCommand, in line: RawSpan, _ context: inout Context
    ) -> Answer {
        session.isInMessage = true
        session.current = line.text(recipient.path)
        session.facts.parameters = NaiveResponder.parameters(line.text(recipient.parameters))
        let answer = answer(.recipient, context)
        session.facts.parameters = []
        if NaiveResponder.succeeds(answer) {
            session.accepted.append(session.current ?? "")
        }
        return answer
    }

    mutating func data(_ context: inout Context) -> Answer {
        session.isInMessage = true
        let answer = answer(.data, context)
        session.hasAskedData = answer.ending == .stay && answer.reply?.code ?? 354 == 354
        return answer
    }

    mutating func content(_ bytes: RawSpan, _ context: inout Context) {
        askData(context)
        session.content += bytes.withUnsafeBytes { Array($0) }
        tryContent(context)
    }

    mutating func message(_ message: IncomingMessage, _ context: inout Context) -> Answer {
        session.isInMessage = true
        askData(context)
        defer {
            session.messages += 1
            session.endMessage()
        }
        session.facts.bytes = UInt64(message.bytes)
        if let data = session.dataOutcome, let answer = data.answer,
            answer.ending != .stay || answer.reply?.code ?? 354 != 354
        {
            return carryOut(data, false, context)
        }
        tryContent(context)
        session.facts.bytes = UInt64(message.bytes)
        var outcome = session.contentOutcome
        outcome.delay += session.dataOutcome?.delay ?? 0
        outcome.garble = outcome.garble ?? session.dataOutcome?.garble
        if let answer = outcome.answer, answer.ending == .stay, answer.reply == nil {
            outcome.answer = nil
        }
        if !outcome.isAnswered {
            readHeader()
            outcome.lasting = RuleEffects.Lasting()
            session.search(.message, &outcome, at: context.now)
        }
        return carryOut(outcome, false, context)
    }

    mutating func reset(_ context: inout Context) { session.endMessage() }

    mutating func verify(_ argument: RawSpan, _ context: inout Context) -> Answer {
        command("VRFY", argument.text, .verify, context).delayed
    }

    mutating func expand(_ argument: RawSpan, _ context: inout Context) -> Answer {
        command("EXPN", argument.text, .expand, context).delayed
    }

    mutating func noop(_ context: inout Context) -> Answer {
        command("NOOP", "", .command, context).delayed
    }

    mutating func quit(_ context: inout Context) -> Answer { answer(.quit, context) }

    mutating func command(
        _ command: Command, in line: RawSpan, _ context: inout Context
    ) -> Answer? {
        let outcome = self.command(
            line.text(command.verbRange), line.text(command.argument), .command, context)
        if outcome.isAnswered { return outcome.delayed }
        guard outcome.delay > 0 else { return nil }
        let code: ReplyCode = command.verb == .unknown ? .notRecognized : .notImplemented
        return Answer.reply(Reply(code)).delayed(by: .nanoseconds(outcome.delay))
    }

    private func command(
        _ verb: String, _ argument: String, _ stage: Stage, _ context: borrowing Context
    ) -> NaiveOutcome {
        session.facts.verb = verb
        session.facts.argument = argument.isEmpty ? nil : argument
        var outcome = NaiveOutcome()
        session.search(stage, &outcome, at: context.now)
        _ = carryOut(outcome, false, context)
        return outcome
    }

    private func answer(
        _ stage: Stage, lasts: Bool = false, _ context: borrowing Context
    ) -> Answer {
        var outcome = NaiveOutcome()
        session.search(stage, &outcome, at: context.now)
        if stage == .connect || stage == .hello {
            session.bag.effects.keywordEdits += outcome.edits
        }
        return carryOut(outcome, lasts, context)
    }

    private func carryOut(
        _ outcome: NaiveOutcome, _ lasts: Bool, _ context: borrowing Context
    ) -> Answer {
        let bag = session.bag
        bag.effects.garble = outcome.garble
        bag.effects.resetsAfterReply = outcome.resets
        take(outcome.lasting, lasts)
        if let flaw = outcome.certificate { bag.effects.certificate = flaw }
        return outcome.delayed
    }

    private func take(_ lasting: RuleEffects.Lasting, _ lasts: Bool) {
        var kept = lasts ? session.bag.effects.connection : session.bag.effects.message
        if let slow = lasting.slow { kept.slow = slow }
        if let drip = lasting.drip { kept.drip = drip }
        if let keeps = lasting.keeps { kept.keeps = keeps }
        if lasts {
            session.bag.effects.connection = kept
        } else {
            session.bag.effects.message = kept
        }
    }
}

extension NaiveResponder {
    private func askData(_ context: borrowing Context) {
        guard !session.hasAskedData else { return }
        session.hasAskedData = true
        session.isInMessage = true
        var outcome = NaiveOutcome()
        session.search(.data, &outcome, at: context.now)
        take(outcome.lasting, false)
        session.dataOutcome = outcome
    }

    /// Goes through the content byte by byte, and tries each rule when its tests first hold.
    private func tryContent(_ context: borrowing Context) {
        let rules = session.world.rules
        let end = UInt64(session.content.count)
        let indices = rules.indices.filter { rules[$0].stage == .content }
        while !session.isContentDecided, session.triedUpTo <= end {
            for index in indices where !session.isContentDecided {
                let tests = rules[index].tests.filter { $0.fact == .bytes }
                var facts = RuleFacts()
                let holds = { (bytes: UInt64) in
                    facts.bytes = bytes
                    return tests.allSatisfy { $0.holds(for: facts, at: .content) }
                }
                let bytes = session.triedUpTo
                let isFirst = holds(bytes) && !(0..<bytes).contains { holds($0) }
                guard isFirst else { continue }
                session.facts.bytes = bytes
                session.attempt(index, &session.contentOutcome, at: context.now)
                take(session.contentOutcome.lasting, false)
                guard let answer = session.contentOutcome.answer else { continue }
                session.isContentDecided = true
                if answer.ending == .close { session.bag.effects.endsNow = .close }
                if answer.ending == .reset { session.bag.effects.endsNow = .reset }
            }
            session.triedUpTo += 1
        }
    }

    private func readHeader() {
        let text = String(decoding: session.content, as: UTF8.self)
        for line in text.split(separator: "\r\n", omittingEmptySubsequences: false) {
            if line.isEmpty { break }
            if line.hasPrefix(" "), let last = session.facts.headers.indices.last {
                session.facts.headers[last].value += line
                continue
            }
            guard let colon = line.firstIndex(of: ":") else { continue }
            var value = line[line.index(after: colon)...]
            while value.hasPrefix(" ") { value = value.dropFirst() }
            session.facts.headers.append((String(line[..<colon]), String(value)))
        }
        session.facts.hops = UInt64(
            session.facts.headers.count { $0.name.lowercased() == "received" })
    }

    static func succeeds(_ answer: Answer) -> Bool {
        switch answer.ending {
        case .stay, .closeAfterReply: answer.reply.map { $0.code < 400 } ?? true
        default: false
        }
    }

    static func parameters(_ text: String) -> [(name: String, value: String)] {
        text.split(separator: " ").map { word in
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
        }
    }
}
