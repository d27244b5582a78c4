internal import BlackholeGzip
package import BlackholeHTTP
package import BlackholePipeline

/// Answers the requests of one connection of the console.
package struct ConsoleResponder: HTTPResponder, ~Copyable {
    private let console: Console
    /// What the connection is busy with.
    private var task = Task.none
    /// What is answered.
    private var request: HTTPRequest?
    /// The foreign origin that may read the response.
    private var origin: String?
    /// The bytes that the body of a request may have that is being read.
    private var bodyRoom = 0

    private enum Task {
        case none
        case wait(ticket: Int, until: Instant)
        case events(EventStream)
    }

    package init(_ console: Console) { self.console = console }

    /// The bytes of a body: of one that has access and of one that has not.
    private static let (allowedBody, strangersBody) = (HTTPLimits().body, 16 << 10)

    /// A stranger's body may be small, and all bodies together have as much room as the settings say.
    package mutating func maximumBody(of request: HTTPRequest) -> Int {
        guard request.framing != .length(0) else { return 0 }
        var most = ConsoleResponder.allowedBody
        let access = Access(settings: console.settings)
        do throws(Problem) {
            _ = try access.check(request)
            try access.authenticate(request)
        } catch {
            most = ConsoleResponder.strangersBody
        }
        if case .length(let bytes) = request.framing { most = min(most, bytes) }
        releaseBody()
        guard console.reserveBody(most) else { return 0 }
        bodyRoom = most
        return most
    }

    private mutating func releaseBody() {
        console.releaseBody(bodyRoom)
        bodyRoom = 0
    }

    package mutating func respond(
        to request: HTTPRequest, _ context: inout Context
    ) -> HTTPAnswer {
        let access = Access(settings: console.settings)
        releaseBody()
        self.request = request
        origin = nil
        do throws(Problem) {
            origin = try access.check(request)
            return try answer(request, access, &context)
        } catch {
            return finished(.problem(error, at: request.target.path))
        }
    }

    package mutating func resume(_ context: inout Context) -> HTTPAnswer {
        guard case .wait(let ticket, let end) = task else {
            return finished(.problem(.notFound, at: ""))
        }
        return waiting(ticket, until: end, &context)
    }

    package mutating func stream(_ output: inout [UInt8], _ context: inout Context) -> Instant? {
        guard case .events(var stream) = task else { return nil }
        task = .none
        let next = stream.write(to: &output, &context)
        task = .events(stream)
        return next
    }

    package mutating func closed(_ context: inout Context) {
        releaseBody()
        release()
    }

    private mutating func answer(
        _ request: HTTPRequest, _ access: Access, _ context: inout Context
    ) throws(Problem) -> HTTPAnswer {
        let path = request.target.path
        let found = Route.find(path)
        // A browser asks without credentials whether it may send them.
        if request.method == "OPTIONS", origin != nil, let route = found?.route {
            return finished(.preflight(route.allowed))
        }
        if path != "/livez", path != "/readyz" { try access.authenticate(request) }
        if path.contains("//") { throw Problem(400, "the path has an empty segment") }
        guard let (route, captures) = found else { throw .notFound }
        guard let handler = route.handler(of: request.method) else {
            var response = HTTPResponse.problem(
                Problem(405, "\(path) takes \(route.allowed.joined(separator: ", "))"), at: path)
            response.fields.append("allow", route.allowed.joined(separator: ", "))
            return finished(response)
        }
        if console.settings.isReadOnly, !["GET", "HEAD"].contains(request.method),
            !route.harmless.contains(request.method)
        {
            throw Problem(403, "the console is read-only")
        }
        switch try handler(Call(console: console, request: request, captures: captures)) {
        case .response(let response): return finished(response)
        case .wait(let wish, let timeout):
            try console.admitWaiting()
            let end = context.now + timeout
            let (ticket, _) = try console.board.wait(for: wish, waking: context.waker)
            task = .wait(ticket: ticket, until: end)
            return waiting(ticket, until: end, &context)
        case .events(let after, let sample):
            guard request.method != "HEAD" else { return finished(EventStream.head) }
            try console.admitWaiting()
            task = .events(EventStream(console, after: after, sample: sample, context))
            return .stream(completed(EventStream.head))
        }
    }

    /// Says how a wait stands, or that it goes on.
    private mutating func waiting(
        _ ticket: Int, until end: Instant, _ context: inout Context
    ) -> HTTPAnswer {
        let response: HTTPResponse
        switch console.board.state(of: ticket) {
        case .found(let entries, let cursor):
            let messages = JSON.array(entries.map(\.json))
            response = .json(["messages": messages, "cursor": .string(cursor.description)])
        case .failed(let problem): response = .problem(problem, at: "")
        case .waiting(let seen):
            guard context.now >= end else { return .later(until: end) }
            response = HTTPResponse(204, ["x-seen": "\(seen)"])
        }
        release()
        return finished(response)
    }

    /// Gives back what the task holds.
    private mutating func release() {
        switch task {
        case .none: break
        case .wait(let ticket, _): console.board.endWait(ticket)
        case .events(let stream): console.board.endStream(stream.ticket)
        }
        task = .none
    }

    /// The whole response, compressed if that pays.
    private mutating func finished(_ response: HTTPResponse) -> HTTPAnswer {
        let response = completed(response)
        return .response(request.take().map { response.compressed(for: $0) } ?? response)
    }

    /// The response with what all have.
    private func completed(_ response: HTTPResponse) -> HTTPResponse {
        var response = response
        response.secure()
        if let origin { response.share(with: origin) }
        return response
    }
}
