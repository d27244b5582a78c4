package import BlackholePipeline

/// HTTP/1.1 for one connection (RFC 9112): requests in, one after another, and responses in their order.
///
/// It is a whole protocol in one layer of the pipeline. The machine reads (``RequestReader``), the
/// responder answers, and the layer has what neither knows: the deadlines, which no byte renews, the
/// content that does not fit into the output at once, and the streams.
///
/// A request that is malformed, or may be read in two ways, gets its status, and the connection ends
/// there, since nobody knows where the next one begins.
///
/// Between two calls a connection holds one request or one response: ``HTTPLimits/head`` and
/// ``HTTPLimits/body`` bound the one, the responder the other. While a client does not read what it is
/// sent, nothing more of it is read.
package struct HTTPLayer<Next: HTTPResponder & ~Copyable>: ByteHandler, ~Copyable {
    private enum Phase {
        /// Reading heads and bodies.
        case reading
        /// The responder has something to find out.
        case waiting(until: Instant)
        /// The rest of a response's content, from an offset on.
        case sending([UInt8], from: Int)
        /// The head of a stream is out, and its first piece is to come.
        case startingStream
        /// Content comes piece by piece.
        case streaming
        /// The last response is out.
        case over
        /// A refusal is out, and the client may still be sending what was refused.
        case refused
    }

    private let limits: HTTPLimits
    private var reader: RequestReader
    private var phase = Phase.reading
    /// The request whose body is read.
    private var request: HTTPRequest?
    private var maximumBody = 0
    /// What the response that is made or sent depends on.
    private var exchange = Exchange()
    /// Whether the time for a head has begun.
    private var hasBegun = false
    private var next: Next

    package init(_ limits: HTTPLimits = HTTPLimits(), _ next: () -> Next) {
        self.limits = limits
        reader = RequestReader(limits)
        self.next = next()
    }

    package mutating func receive(_ input: RawSpan, _ context: inout Context) -> Intake {
        var start = 0
        while true {
            switch phase {
            case .reading:
                if context.isOutputFull { return Intake(start, .flush, keepsInput: true) }
                guard read(input, from: &start, &context) else { return Intake(start) }
            case .waiting: answer(next.resume(&context), &context)
            case .sending(let body, let offset):
                send(body, from: offset, &context)
                if context.isOutputFull { return Intake(start, .flush, keepsInput: true) }
            case .startingStream:
                phase = .streaming
                return Intake(input.byteCount, continueStream(&context))
            case .streaming: return Intake(input.byteCount)
            case .over: return Intake(input.byteCount, .close)
            case .refused: return Intake(input.byteCount, .close, keepsInput: true)
            }
            if case .waiting(let time) = phase {
                return Intake(start, .pause(until: time), keepsInput: true)
            }
        }
    }

    package mutating func handle(_ event: ConnectionEvent, _ context: inout Context) -> Verdict {
        switch event {
        case .opened, .secured: context.deadline = context.now + limits.headTime
        case .resumed: if case .streaming = phase { return continueStream(&context) }
        case .expired: return expire(&context)
        case .ended: return end()
        case .stopping: return stop(&context)
        case .aborting: return .close
        case .closed: next.closed(&context)
        }
        return .proceed
    }

    /// Reads up to the next request that is complete.
    ///
    /// - Returns: whether there is something else to do; otherwise the input is too short.
    private mutating func read(
        _ input: RawSpan, from start: inout Int, _ context: inout Context
    ) -> Bool {
        do throws(Refusal) {
            switch try reader.next(in: input, from: &start) {
            case .incomplete:
                if request == nil, !reader.isBetweenRequests, !hasBegun {
                    hasBegun = true
                    context.deadline = context.now + limits.headTime
                }
                return false
            case .head(let request): try begin(request, input.byteCount - start, &context)
            case .body(let range):
                guard let count = request?.body.count, range.count <= maximumBody - count else {
                    throw Refusal(413)
                }
                input.extracting(range).withUnsafeBytes { request?.body.append(contentsOf: $0) }
            case .end:
                guard let request = request.take() else { return true }
                context.counters.add(1, to: .httpRequests)
                exchange = Exchange(request)
                answer(respond(to: request, &context), &context)
            }
        } catch {
            refuse(error.status, &context)
        }
        return true
    }

    private mutating func begin(
        _ request: HTTPRequest, _ bytesThere: Int, _ context: inout Context
    ) throws(Refusal) {
        hasBegun = false
        context.deadline = context.now + limits.bodyTime
        maximumBody = min(limits.body, next.maximumBody(of: request))
        self.request = request
        if case .length(let bytes) = request.framing, bytes > maximumBody { throw Refusal(413) }
        if request.expectsContinue, request.framing != .length(0), bytesThere == 0 {
            context.output.append("HTTP/1.1 100 Continue\r\n\r\n")
        }
    }

    private mutating func respond(
        to request: HTTPRequest, _ context: inout Context
    ) -> HTTPAnswer {
        // RFC 9110 §9.3.7: a question about the server as a whole, which is no more than a ping.
        request.target.isAsterisk
            ? .response(HTTPResponse(204)) : next.respond(to: request, &context)
    }

    private mutating func answer(_ answer: HTTPAnswer, _ context: inout Context) {
        if context.isStopping { exchange.keepsAlive = false }
        switch answer {
        case .later(let time): phase = .waiting(until: time)
        case .response(let response):
            let hasContent = !response.status.forbidsContent
            context.output.append(
                response.head(exchange, hasContent ? .length(response.body.count) : .none))
            send(exchange.isHead || !hasContent ? [] : response.body, from: 0, &context)
        case .stream(let response):
            exchange.keepsAlive = false
            context.output.append(response.head(exchange, exchange.isOld ? .close : .chunked))
            phase = exchange.isHead ? .over : .startingStream
        }
    }

    /// Appends as much of the content as there is room for.
    private mutating func send(_ body: [UInt8], from offset: Int, _ context: inout Context) {
        let room = max(0, context.maximumOutputBytes - context.output.count)
        let end = offset + min(body.count - offset, room)
        context.output.append(body.span.bytes.extracting(offset..<end))
        if end < body.count {
            phase = .sending(body, from: end)
            context.deadline = context.now + limits.sendTime
        } else if exchange.keepsAlive, !context.isStopping {
            phase = .reading
            exchange = Exchange()
            context.deadline = context.now + limits.idle
        } else {
            phase = .over
        }
    }

    /// Appends the next piece of a stream; the one after it is not asked for before the client has
    /// taken this one.
    private mutating func continueStream(_ context: inout Context) -> Verdict {
        var piece: [UInt8] = []
        let time = next.stream(&piece, &context)
        if !piece.isEmpty {
            if exchange.isOld {
                context.output.append(piece)
            } else {
                context.output.append(text: "\(String(piece.count, radix: 16))\r\n")
                context.output.append(piece)
                context.output.append("\r\n")
            }
        }
        guard let time else {
            if !exchange.isOld { context.output.append("0\r\n\r\n") }
            phase = .over
            return .close
        }
        context.deadline = piece.isEmpty ? time : context.now + limits.sendTime
        return piece.isEmpty ? .proceed : .pause(until: context.now)
    }

    /// The time of something has come.
    private mutating func expire(_ context: inout Context) -> Verdict {
        switch phase {
        case .streaming: return continueStream(&context)
        case .reading where !reader.isBetweenRequests: refuse(408, &context)
        default: break
        }
        return .close
    }

    /// The client sends no more; what it is owed it still gets.
    private mutating func end() -> Verdict {
        switch phase {
        case .sending, .waiting:
            exchange.keepsAlive = false
            return .proceed
        default: return .close
        }
    }

    /// The listener stops: a request that has begun is still read and answered, and a response is
    /// sent to its end.
    private mutating func stop(_ context: inout Context) -> Verdict {
        switch phase {
        case .sending: return .proceed
        case .reading where !reader.isBetweenRequests: return .proceed
        case .waiting:
            refuse(503, &context)
            return .close
        default: return .close
        }
    }

    /// Answers a request in the responder's place, and ends.
    private mutating func refuse(_ status: HTTPStatus, _ context: inout Context) {
        context.counters.add(1, to: .http(refusedWith: status))
        if let request { exchange = Exchange(request) }
        exchange.keepsAlive = false
        let response = HTTPResponse.text(status, "\(status.reason)\n")
        context.output.append(response.head(exchange, .length(response.body.count)))
        if !exchange.isHead { context.output.append(response.body) }
        phase = .refused
    }
}
