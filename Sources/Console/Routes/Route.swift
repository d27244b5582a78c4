internal import BlackholeHTTP

/// What becomes of a request that is allowed.
enum ConsoleAnswer {
    case response(HTTPResponse)
    /// A response when a wish has come true, or its time is over.
    case wait(Wish, timeout: Duration)
    /// Events from now on.
    case events(after: String?, sample: Int?)
}

/// A request with what was found out about it.
struct Call {
    let console: Console
    let request: HTTPRequest
    /// What stands in the path for `{…}`, in order.
    let captures: [String]

    /// Its parameters.
    var query: Query { Query(request) }

    /// Whether nothing may change because of it: a GET that marks no message as read.
    var isIdle: Bool { request.method == "HEAD" || console.settings.isReadOnly }

    /// What stands for the `{…}` of a number.
    func capture(_ index: Int) throws(Problem) -> String {
        guard captures.indices.contains(index) else { throw .notFound }
        return captures[index]
    }
}

/// A path and what it answers, method by method.
struct Route: Sendable {
    typealias Handler = @Sendable (Call) throws(Problem) -> ConsoleAnswer

    /// The path, with `{name}` for a segment of any kind.
    let path: String
    /// GET stands for HEAD, too.
    let methods: [(name: String, handler: Handler)]
    /// Methods other than GET that change nothing.
    let harmless: Set<String>
    private let segments: [Substring]

    init(_ path: String, harmless: Set<String> = [], _ methods: (String, Handler)...) {
        self.path = path
        self.harmless = harmless
        self.methods = methods.map { (name: $0.0, handler: $0.1) }
        segments = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    }

    /// What the field Allow says (RFC 9110 §10.2.1).
    var allowed: [String] {
        methods.flatMap { $0.name == "GET" ? ["GET", "HEAD"] : [$0.name] }
    }

    /// What answers a method.
    func handler(of method: String) -> Handler? {
        let name = method == "HEAD" ? "GET" : method
        return methods.first { $0.name == name }?.handler
    }

    /// What stands for the `{…}` in a path; nil if it is another path.
    func captures(in path: [Substring]) -> [String]? {
        guard path.count == segments.count else { return nil }
        var captures: [String] = []
        for (segment, template) in zip(path, segments) {
            if template.first == "{" {
                guard !segment.isEmpty else { return nil }
                captures.append(String(segment))
            } else if segment != template {
                return nil
            }
        }
        return captures
    }

    /// The route of a path, and what its `{…}` stand for.
    static func find(_ path: String) -> (route: Route, captures: [String])? {
        let segments = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        for route in all {
            if let captures = route.captures(in: segments) { return (route, captures) }
        }
        return nil
    }
}

extension Problem {
    /// There is no such thing.
    static let notFound = Problem(404, "404 page not found")
}

extension HTTPResponse {
    /// JSON.
    static func json(
        _ json: JSON, _ status: HTTPStatus = 200, _ fields: HTTPFields = [:]
    ) -> HTTPResponse {
        var response = HTTPResponse(status, fields, body: json.text)
        response.complete("content-type", "application/json")
        return response
    }

    /// Mailpit's `ok`.
    static let ok = HTTPResponse.text(200, "ok")

    /// A refusal: Mailpit's paths give it as text, the others as JSON.
    static func problem(_ problem: Problem, at path: String) -> HTTPResponse {
        let isMailpits = path.hasPrefix("/api/v1/") || path.hasPrefix("/view/")
        var response =
            isMailpits
            ? HTTPResponse.text(problem.status, problem.message)
            : HTTPResponse.json(problem.json, problem.status)
        if problem.status == 401 {
            response.fields.append(
                "www-authenticate", "Basic realm=\"blackhole\", charset=\"UTF-8\"")
        }
        return response
    }
}
