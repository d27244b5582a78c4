import BlackholePipeline
import BlackholeSMTP

/// What a client hears, and whether that is what it is owed.
extension SimulatedClient {
    mutating func read(_ network: inout Network) {
        guard temper.maximumRead > 0, network.time >= readTime else { return }
        var replies: [ReplyReader.Reply] = []
        var flaw: String?
        let count = network.read(link, atMost: temper.maximumRead) { byte in
            switch reader.take(byte) {
            case .more: break
            case .reply(let reply): replies.append(reply)
            case .flaw(let text): flaw = flaw ?? text
            }
        }
        events += count
        if let flaw { network.fail(link, flaw) }
        for reply in replies { judge(reply, &network) }
        guard count > 0, temper.readGap > 0 else { return }
        readTime = network.time.advanced(byNanoseconds: temper.readGap)
        network.agenda.add(.act, link, at: readTime)
    }

    private mutating func judge(_ reply: ReplyReader.Reply, _ network: inout Network) {
        network.note(.replies, link, reply.code, reply.number?.serial ?? -1)
        hasHeardGreeting = true
        if hasHeardLast, !isForAnotherRecipient(reply) {
            network.fail(link, "a reply behind the last: \(reply.code)")
        }
        if let (number, serial) = reply.number {
            self.serial += 1
            if number != link { network.fail(link, "the reply is that of link \(number)") }
            if serial != self.serial {
                network.fail(link, "reply \(serial) comes as number \(self.serial)")
            }
        }
        if reply.code == 221 { hasHeardLast = true }
        let owed = dialogue.takeOwed()
        if reply.saysTimeout || reply.saysShutdown || reply.code == 421 && owed?.code != 421 {
            return judgeLast(reply, &network)
        }
        guard temper.speech == .dialogue else { return }
        guard !isRuled else {
            // Content is due only where it is asked for.
            if owed?.code == 354, reply.code != 354 { dialogue.isInData = false }
            return
        }
        guard let owed else {
            return network.fail(link, "a reply to nothing: \(reply.code)")
        }
        if reply.code == 421 { hasHeardLast = true }
        judge(reply, owed, network)
        if owed.content != nil, owed.isFirst, reply.code == 250 { acknowledged += 1 }
    }

    /// Whether a rule's 421 may come once more: in LMTP a message has a reply for each recipient.
    private func isForAnotherRecipient(_ reply: ReplyReader.Reply) -> Bool {
        isRuled && dialogue.mail == .lmtp && reply.code == 421
    }

    private func judge(
        _ reply: ReplyReader.Reply, _ owed: SimulatedDialogue.Owed, _ network: borrowing Network
    ) {
        if reply.code != owed.code {
            network.fail(link, "\(reply.code) where \(owed.code) is owed")
        }
        if (reply.number != nil) != owed.isNumbered {
            network.fail(link, "\(reply.code) is not the reply that is owed")
        }
        guard let content = owed.content else { return }
        if reply.bytes != content.bytes || reply.hash != content.hash {
            network.fail(
                link,
                "content of \(content.bytes) bytes came as \(reply.bytes ?? -1), changed")
        }
    }

    /// Last words at a time of the server's choice have a reason.
    private mutating func judgeLast(_ reply: ReplyReader.Reply, _ network: inout Network) {
        hasHeardLast = true
        let record = network.ledger.record(link)
        let isDue =
            reply.saysTimeout
            ? record.wasExpired
            : reply.saysShutdown
                ? record.wasStopping || record.wasAborted
                : temper.speech == .junk || isRuled
        if !isDue { network.fail(link, "421 for no reason") }
        if record.isSilent { network.fail(link, "421 out of the silence") }
        dialogue.giveUp()
    }

    /// The server has ended: nothing may be missing that was owed.
    mutating func end(_ network: inout Network, byReset isReset: Bool) {
        let state = network.links[link]
        let isExcused =
            state.isFaulted || state.wasCutOff || temper.speech == .junk || isRuled || hasHeardLast
            || !network.ledger.record(link).wasOpened
        if !isExcused, state.loss == .none {
            if dialogue.owedCount > 0 {
                network.fail(link, "\(dialogue.owedCount) replies are lost, reset: \(isReset)")
            } else if reader.isAmidReply {
                network.fail(link, "the end comes amid a reply")
            } else if !dialogue.isOver, phase == .talking {
                network.fail(link, "the end comes for no reason")
            }
        }
        leave(&network, resetting: false)
    }
}
