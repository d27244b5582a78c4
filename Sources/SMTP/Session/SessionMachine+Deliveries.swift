internal import BlackholePipeline

/// LMTP: one reply for each recipient of a message (RFC 2033 §4.2).
///
/// Nothing is kept for a recipient: the session counts down how many are owed a reply.
extension SessionMachine {
    /// The recipient that the responder is to be asked for next, by its place, and the message.
    @usableFromInline
    var nextRecipient: (IncomingMessage, Int)? {
        guard unanswered > 0 else { return nil }
        return (message, transaction.recipients - unanswered)
    }

    /// The message that has ended, until the last reply to it is said.
    var message: IncomingMessage {
        IncomingMessage(id: messageID, bytes: messageBytes, recipients: transaction.recipients)
    }

    /// Begins to owe every recipient a reply, where the protocol has it so.
    mutating func beginDeliveries() {
        unanswered = settings.protocol == .lmtp ? transaction.recipients : 0
        hasDelivered = false
    }

    /// Says the reply that all recipients get, but to the last of them, whose reply is what SMTP
    /// has for the message.
    ///
    /// - Returns: whether that is done; otherwise the peer has to read first.
    mutating func repeatReply(of answer: Answer, _ context: inout Context) -> Bool {
        while unanswered > 1 {
            guard !context.isOutputFull else { return false }
            writeReply(of: answer, at: .delivery, &context)
            unanswered -= 1
        }
        unanswered = 0
        return true
    }

    /// Counts the message with the first recipient that takes it, and ends it with the last.
    mutating func advanceDelivery(isPositive: Bool, _ context: inout Context) {
        unanswered -= 1
        if isPositive {
            if !hasDelivered { countMessage(&context) }
            context.counters.add(1, to: .recipients)
            hasDelivered = true
        }
        guard unanswered == 0 else { return }
        messages += 1
        if !hasDelivered { context.counters.add(1, to: .messagesRefused) }
        transaction.reset()
    }
}

extension Answer {
    /// Whether a message's answer has each recipient decided by itself.
    var leavesRecipientsOpen: Bool { reply == nil && ending == .stay }
}
