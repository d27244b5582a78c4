package import BlackholePipeline

/// HTTP/1.1 for one connection (RFC 9112): requests in, one after another, and responses in their order.
///
/// It is a whole protocol in one layer of the pipeline. The machine reads (``RequestReader``), the
/// responder answers, and the layer has what neither knows: the deadlines, which no byte renews, the
/// content that does not fit into the output at once, and the streams.
///
/// A request that is malformed, or may be read in two ways, gets its status, and the connection ends
/// there, for nobody knows where the next one begins.
package struct HTTPLayer<Next: HTTPResponder & ~Copyable>: ByteHandler, ~Copyable {
    private enum Phase {
        /// Reading heads and bodies.
        case reading
        /// The responder has something to find out.
        case waiting
        /// The rest of a response's content, from an offset on.
        case sending([UInt8], from: Int)
        /// Content comes piece by piece.
        case streaming(isChunked: Bool)
        /// The last response is out.
        case over
    }

    private let limits: HTTPLimits
    private var reader: RequestReader
    private var phase = Phase.reading
    /// The request that is read, or answered.
    private var request: HTTPRequest?
    private var maximumBody = 0
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
            case .waiting: answer(next.resume(&context), &context)
            case .sending(let body, let offset):
                phase = send(body, from: offset, &context)
                if context.isOutputFull { return Intake(start, .flush, keepsInput: true) }
            case .streaming: return Intake(input.byteCount)
            case .over: return Intake(input.byteCount, .close)
            case .reading:
                if context.isOutputFull { return Intake(start, .flush, keepsInput: true) }
                guard read(input, from: &start, &context) else { return Intake(start) }
            }
            if case .waiting = phase {
                return Intake(start, .pause(until: context.deadline), keepsInput: true)
            }
        }
    }

    package mutating func handle(_ event: ConnectionEvent, _ context: inout Context) -> Verdict {
        switch event {
        case .opened, .secured: context.deadline = context.now + limits.headTime
        case .expired: return expire(&context)
        case .stopping, .aborting: return .close
        case .ended: return isStreaming ? .close : end(&context)
        case .resumed: break
        case .closed: next.closed(&context)
        }
        return .proceed
    }

    private var isStreaming: Bool {
        if case .streaming = phase { true } else { false }
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
                keepTime(hasInput: start < input.byteCount, &context)
                return false
            case .head(let request): try begin(request, input.byteCount - start, &context)
            case .body(let range):
                guard (request?.body.count ?? 0) + range.count <= maximumBody else {
                    throw Refusal(413)
                }
                input.extracting(range).withUnsafeBytes { request?.body.append(contentsOf: $0) }
            case .end:
                if let request { answer(next.respond(to: request, &context), &context) }
            }
        } catch {
            refuse(error.status, &context)
        }
        return true
    }

    /// Sets the deadline of what is waited for, once.
    private mutating func keepTime(hasInput: Bool, _ context: inout Context) {
        guard reader.isBetweenRequests else { return }
        if hasInput, !hasBegun {
            hasBegun = true
            context.deadline = context.now + limits.headTime
        } else if !hasInput, !hasBegun, request != nil {
            request = nil
            context.deadline = context.now + limits.idle
        }
    }

    private mutating func begin(
        _ request: HTTPRequest, _ bytesThere: Int, _ context: inout Context
    ) throws(Refusal) {
        hasBegun = false
        context.deadline = context.now + limits.bodyTime
        maximumBody = next.maximumBody(of: request)
        if case .length(let bytes) = request.framing, bytes > maximumBody { throw Refusal(413) }
        self.request = request
        if request.expectsContinue, request.framing != .length(0), bytesThere == 0 {
            context.output.append("HTTP/1.1 100 Continue\r\n\r\n")
        }
    }

    private mutating func answer(_ answer: HTTPAnswer, _ context: inout Context) {
        guard let request else {
            phase = .over
            return
        }
        switch answer {
        case .later(let time):
            phase = .waiting
            context.deadline = time
        case .response(let response):
            let keepsAlive = request.keepsAlive && !context.isStopping
            let framing = ResponseFraming(
                content: response.status.forbidsContent ? .none : .length(response.body.count),
                keepsAlive: keepsAlive, isOld: request.isOld)
            context.output.append(response.head(framing, date: .now))
            let isBare = request.method == "HEAD" || response.status.forbidsContent
            context.deadline = context.now + limits.idle
            phase = send(isBare ? [] : response.body, from: 0, &context)
        case .stream(let response):
            let framing = ResponseFraming(
                content: request.isOld ? .close : .chunked, keepsAlive: false,
                isOld: request.isOld)
            context.output.append(response.head(framing, date: .now))
            guard request.method != "HEAD" else {
                phase = .over
                return
            }
            phase = .streaming(isChunked: !request.isOld)
            if sendPiece(isChunked: !request.isOld, &context) { phase = .over }
        }
    }

    /// Appends as much of the content as there is room for, and says what comes next.
    private func send(_ body: [UInt8], from offset: Int, _ context: inout Context) -> Phase {
        let room = max(0, context.maximumOutputBytes - context.output.count)
        let end = min(body.count, offset + room)
        context.output.append(body.span.bytes.extracting(offset..<end))
        if end < body.count { return .sending(body, from: end) }
        return request?.keepsAlive == true && !context.isStopping ? .reading : .over
    }

    /// Appends the next piece of a stream.
    ///
    /// - Returns: whether it was the last.
    private mutating func sendPiece(isChunked: Bool, _ context: inout Context) -> Bool {
        var piece: [UInt8] = []
        let time = next.stream(&piece, &context)
        if !piece.isEmpty {
            if isChunked { context.output.append(text: "\(String(piece.count, radix: 16))\r\n") }
            context.output.append(piece)
            if isChunked { context.output.append("\r\n") }
        }
        guard let time else {
            if isChunked { context.output.append("0\r\n\r\n") }
            return true
        }
        context.deadline = time
        return false
    }

    /// The time of something has come.
    private mutating func expire(_ context: inout Context) -> Verdict {
        switch phase {
        case .streaming(let isChunked):
            return sendPiece(isChunked: isChunked, &context) ? .close : .proceed
        case .reading where hasBegun || !reader.isBetweenRequests:
            refuse(408, &context)
            return .close
        default: return .close
        }
    }

    /// The client sends no more; what it is owed it still gets.
    private mutating func end(_ context: inout Context) -> Verdict {
        switch phase {
        case .sending, .waiting: .proceed
        default: .close
        }
    }

    /// Answers a request that nobody else does, and ends.
    private mutating func refuse(_ status: HTTPStatus, _ context: inout Context) {
        let response = HTTPResponse.text(status, "\(status.reason)\n")
        let framing = ResponseFraming(
            content: .length(response.body.count), keepsAlive: false, isOld: false)
        context.output.append(response.head(framing, date: .now))
        if request?.method != "HEAD" { context.output.append(response.body) }
        phase = .over
    }
}
