public import BlackholePipeline

extension SessionMachine {
    /// What becomes of content that has come to its end.
    @usableFromInline
    enum ContentEnd {
        /// Nothing to ask: it is answered.
        case settled(CommandVerdict)
        /// It was too big, or malformed: the transaction is given up, and answered.
        case givenUp(CommandVerdict)
        /// A message: the responder is to be asked.
        case message(IncomingMessage)
    }

    /// BDAT is answered when its bytes have come; those of a refused one are dropped.
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
            return .chunk(bytes: chunk.bytes)
        } catch {
            guard !command.argument.isEmpty else {
                return refuse(Reply(to: error, of: .bdat), &context)
            }
            guard let bytes = ChunkCommand.bytes(command, in: line) else {
                return endAtChunk(&context)
            }
            content = .malformedChunk
            awaitContent(&context)
            return .chunk(bytes: bytes)
        }
    }

    /// Ends the session at a BDAT whose size nobody knows.
    mutating func endAtChunk(_ context: inout Context) -> CommandVerdict {
        context.counters.add(1, to: .commandErrors)
        return sayLast(.chunkSizeUnknown, &context)
    }

    /// Whether the responder is to have the next piece of content, of so many bytes.
    ///
    /// It has neither what belongs to no message, nor what is over the limit, so that one that
    /// collects content holds no more than the limit.
    @usableFromInline
    mutating func takesContent(bytes: Int) -> Bool {
        switch content {
        case .malformedChunk: return false
        case .chunk where transaction.phase != .chunks: return false
        case .chunk, .data: break
        }
        let (sum, overflow) = transaction.offeredBytes.addingReportingOverflow(bytes)
        transaction.offeredBytes = overflow ? .max : sum
        return !isTooBig(transaction.offeredBytes)
    }

    @usableFromInline
    mutating func endContent(bytes: Int, _ context: inout Context) -> ContentEnd {
        var total = bytes
        asked = .message
        switch content {
        case .chunk(let isLast):
            // While content is read nothing comes that would change what is allowed.
            if let reason = refusal(of: .bdat) {
                asked = .other
                return .settled(refuse(reason, &context))
            }
            let (sum, overflow) = transaction.chunkBytes.addingReportingOverflow(bytes)
            total = overflow ? .max : sum
            transaction.chunkBytes = total
            guard isLast || isTooBig(total) else {
                return .settled(acknowledge(Reply(.ok), &context))
            }
            if isLast { beginDeliveries() }
        case .malformedChunk:
            return endMalformedChunk(&context)
        case .data:
            beginDeliveries()
        }
        guard !isTooBig(total) else {
            return .givenUp(conclude(.message, .reply(.messageTooBig), &context).verdict)
        }
        messageID = MessageID(&context.random)
        messageBytes = total
        return .message(message)
    }

    /// Gives up the message under way: without this chunk the others are not what was sent.
    private mutating func endMalformedChunk(_ context: inout Context) -> ContentEnd {
        if let reason = refusal(of: .bdat) { return .settled(refuse(reason, &context)) }
        transaction.reset()
        return .givenUp(refuse(.chunkSyntax, &context))
    }

    private func isTooBig(_ bytes: Int) -> Bool {
        settings.limits.maximumMessageSize > 0 && bytes > settings.limits.maximumMessageSize
    }
}
