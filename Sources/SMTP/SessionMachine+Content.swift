public import Pipeline

extension SessionMachine {
    /// What becomes of content that has come to its end.
    @usableFromInline
    enum ContentEnd {
        /// Nothing to ask: it is answered.
        case settled(CommandVerdict)
        /// It was too big: the transaction is given up, and answered.
        case givenUp(CommandVerdict)
        /// A message: the responder is to be asked.
        case message(Message)
    }

    /// BDAT is answered when its octets have come; those of a refused one are dropped.
    ///
    /// One whose size cannot be read is the end: nobody knows where the next command begins.
    mutating func prepareChunk(
        _ command: Command, _ line: RawSpan, _ context: inout Context
    ) -> CommandVerdict {
        do throws(ArgumentError) {
            let chunk = try ChunkCommand(command, in: line)
            content = .chunk(isLast: chunk.isLast)
            if refusal(of: .bdat) == nil { transaction.phase = .chunks }
            awaitContent(&context)
            return .chunk(octets: chunk.octets)
        } catch {
            let verdict = refusal(Reply(to: error, of: .bdat), &context)
            return command.argument.isEmpty ? verdict : .pass(.close)
        }
    }

    /// Whether the responder is to have the next piece of content, of so many octets.
    ///
    /// It has neither what belongs to no message, nor what is over the limit, so that one that
    /// collects content holds no more than the limit.
    @usableFromInline
    mutating func takesContent(octets: Int) -> Bool {
        if case .chunk = content, transaction.phase != .chunks { return false }
        let (sum, overflow) = transaction.offeredOctets.addingReportingOverflow(octets)
        transaction.offeredOctets = overflow ? .max : sum
        return !isTooBig(transaction.offeredOctets)
    }

    @usableFromInline
    mutating func endContent(octets: Int, _ context: inout Context) -> ContentEnd {
        var total = octets
        asked = .message
        switch content {
        case .chunk(let isLast):
            // While content is read nothing comes that would change what is allowed.
            if let reason = refusal(of: .bdat) {
                asked = .other
                return .settled(refusal(reason, &context))
            }
            let (sum, overflow) = transaction.chunkOctets.addingReportingOverflow(octets)
            total = overflow ? .max : sum
            transaction.chunkOctets = total
            guard isLast || isTooBig(total) else {
                return .settled(acknowledge(Reply(.ok), &context))
            }
            if isLast { beginDeliveries() }
        case .data:
            beginDeliveries()
        }
        guard !isTooBig(total) else {
            return .givenUp(conclude(.message, .reply(.messageTooBig), &context))
        }
        messageID = MessageID(&context.random)
        messageOctets = total
        return .message(message)
    }

    private func isTooBig(_ octets: Int) -> Bool {
        settings.limits.messageOctetsMax > 0 && octets > settings.limits.messageOctetsMax
    }
}
