import BlackholeHTTP
import BlackholePipeline
import Synchronization

/// What a test shares with a responder.
final class Desk: Sendable {
    let waker = Mutex<Waker?>(nil)
    /// What `/news` has to say; nil ends it.
    let news = Mutex<[[UInt8]?]>([])
    /// How often a responder has heard that its connection is gone.
    let closed = Atomic(0)
}

/// Says what it was asked, and some other things.
struct Echo: HTTPResponder {
    private let desk: Desk
    private var pieces = 2
    private var due: Instant?
    private var isNews = false

    init(_ desk: Desk) { self.desk = desk }

    mutating func maximumBody(of request: HTTPRequest) -> Int {
        request.target.path == "/small" ? 10 : .max
    }

    mutating func respond(to request: HTTPRequest, _ context: inout Context) -> HTTPAnswer {
        let waker = context.waker
        switch request.target.path {
        case "/none": return .response(HTTPResponse(204))
        case "/large":
            return .response(HTTPResponse(200, body: Array(repeating: 0x61, count: 1_000_000)))
        case "/field": return .response(HTTPResponse(200, ["x": "a\r\nset-cookie: b"]))
        case "/later":
            desk.waker.withLock { $0 = waker }
            return .later(until: context.now + .seconds(30))
        case "/stream": return .stream(HTTPResponse(200))
        case "/news":
            isNews = true
            desk.waker.withLock { $0 = waker }
            return .stream(HTTPResponse(200, ["cache-control": "no-store"]))
        default:
            let body = String(decoding: request.body, as: UTF8.self)
            return .response(.text(200, "\(request.method) \(request.target.path) \(body)"))
        }
    }

    mutating func resume(_ context: inout Context) -> HTTPAnswer { .response(.text(200, "woken")) }

    mutating func stream(_ output: inout [UInt8], _ context: inout Context) -> Instant? {
        if isNews {
            let piece = desk.news.withLock { $0.isEmpty ? [] : $0.removeFirst() }
            guard let piece else { return nil }
            output += piece
            return context.now + .seconds(15)
        }
        if let due, context.now < due { return due }
        guard pieces > 0 else { return nil }
        pieces -= 1
        output += Array("piece\n".utf8)
        due = context.now + .seconds(1)
        return due
    }

    mutating func closed(_ context: inout Context) { desk.closed.add(1, ordering: .relaxed) }
}

func loopback(_ limits: HTTPLimits = HTTPLimits(), _ desk: Desk = Desk()) -> Loopback {
    Loopback { _ in HTTPLayer(limits) { Echo(desk) } }
}

struct Response {
    let head: String
    let body: String

    var status: String { String(head.dropFirst(9).prefix(3)) }
}

/// The responses in a server's output, by their Content-Length.
func responses(in output: String) -> [Response] {
    var responses: [Response] = []
    var rest = Array(output.utf8)[...]
    let blank = Array("\r\n\r\n".utf8)
    while let end = rest.indices.first(where: { rest[$0...].starts(with: blank) }) {
        let head = String(decoding: rest[..<end], as: UTF8.self)
        let length =
            head.split(separator: "\r\n").first { $0.hasPrefix("content-length: ") }
            .flatMap { Int($0.dropFirst(16)) } ?? 0
        let body = rest[(end + 4)...].prefix(length)
        responses.append(Response(head: head, body: String(decoding: body, as: UTF8.self)))
        rest = body.endIndex < rest.endIndex ? rest[body.endIndex...] : []
    }
    return responses
}
