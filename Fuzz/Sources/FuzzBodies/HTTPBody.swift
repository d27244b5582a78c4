import BlackholeHTTP
import BlackholePipeline

/// Requests are a naive reader's, and each gets its response, in order, however they arrive.
public final class HTTPBody: FuzzBody {
    private let witness = HTTPWitness()
    private var loopback = HTTPBody.newLoopback()
    private var runs = 0
    private static let outputBytes = 256

    private static func newLoopback() -> Loopback {
        var limits = LoopLimits()
        limits.maximumOutputBytes = outputBytes
        return Loopback(limits: limits)
    }

    /// Makes a body.
    public init() {}

    /// The input: two bytes for the cuts, one for the window and how the client ends, then its bytes.
    public func run(_ input: RawSpan) {
        var choices = Choices()
        let cuts = Cuts(&choices, input)
        let waits = choices.isNextMarked(in: input)
        let window = choices.one(of: [.max, 40, 60, 100, 200, 500, 1000, 5000], input)
        let rest = input.extracting(choices.rest(of: input))
        let bytes = rest.withUnsafeBytes { Array($0) }
        let naive = NaiveHTTP(bytes)
        runs += 1
        if runs % 10_000 == 0 { loopback = HTTPBody.newLoopback() }

        let expected = Array(naive.answers.utf8)
        check(bytes, .none, .max, waits, naive, expected)
        check(bytes, cuts, window, waits, naive, expected)
    }

    private func check(
        _ bytes: [UInt8], _ cuts: Cuts, _ window: Int, _ waits: Bool, _ naive: NaiveHTTP,
        _ expected: [UInt8]
    ) {
        witness.reset()
        let witness = witness
        loopback.open { _ in HTTPLayer(.small) { Asked(witness: witness) } }
        if window < .max { loopback.limitWindow(to: window) }
        var cuts = cuts
        var output: [UInt8] = []
        var start = 0
        while start < bytes.count {
            let end = cuts.end(from: start, in: bytes.count)
            loopback.send(Array(bytes[start..<end]))
            settle(&output, window, bytes.count)
            start = end
        }
        settle(&output, window, bytes.count)
        let heard = naive.requests.filter { $0.path != "*" }
        require(witness.requests == heard, "the requests are the naive reader's")
        let isOver = naive.isOver
        require((loopback.closing != nil) == isOver, "the connection ends where it must")
        // Last words are not waited for forever.
        loopback.read(.max)
        // The time for a head or a body passes, or else that between two requests.
        if waits { loopback.advance(by: .seconds(61)) } else { loopback.end() }
        settle(&output, window, bytes.count)
        require(loopback.closing == .ended, "a connection ends with its client, or by its time")
        let isLate = waits && naive.isAmid && !isOver
        let last = isLate ? NaiveHTTP.refusal(408, naive.refused) : ""
        require(HTTPBody.plain(output) == expected + Array(last.utf8), "each has its response")
        loopback.reset()
        require(witness.closed == 1, "the responder hears of the end once")
    }

    /// Has the client read all that comes, and lets what comes later come.
    private func settle(_ output: inout [UInt8], _ window: Int, _ count: Int) {
        while true {
            let most = HTTPBody.outputBytes + 600 + count
            require(loopback.keptBytes <= most, "what is kept is bounded")
            let piece = loopback.takeBytes()
            output += piece
            if witness.isWaiting {
                loopback.advance(by: .seconds(1))
            } else if !piece.isEmpty {
                if window < .max { loopback.read(window) }
                // A stream goes on when its client has taken what was said.
                loopback.advance(by: .zero)
            } else {
                return
            }
        }
    }

    /// The output without what depends on time: dates, and 100 Continue, which is said only where
    /// nothing of the body is there yet.
    private static func plain(_ output: [UInt8]) -> [UInt8] {
        let date = Array("\r\ndate: ".utf8)
        let interim = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)
        var plain: [UInt8] = []
        var rest = output[...]
        while let byte = rest.first {
            if byte == 0x0D, rest.starts(with: date) {
                rest = rest.dropFirst(date.count + 29)
            } else if byte == 0x48, rest.starts(with: interim) {
                rest = rest.dropFirst(interim.count)
            } else {
                plain.append(byte)
                rest = rest.dropFirst()
            }
        }
        return plain
    }
}

extension HTTPLimits {
    /// Bounds as small as inputs are.
    fileprivate static var small: HTTPLimits {
        var limits = HTTPLimits()
        limits.requestLine = NaiveHTTP.requestLine
        limits.head = NaiveHTTP.head
        limits.fields = NaiveHTTP.fields
        limits.chunkLine = NaiveHTTP.chunkLine
        limits.body = NaiveHTTP.body
        return limits
    }
}

/// What the responder has heard; used by one thread.
private final class HTTPWitness: @unchecked Sendable {
    var requests: [NaiveHTTP.Request] = []
    var isWaiting = false
    var closed = 0

    func reset() {
        requests = []
        isWaiting = false
        closed = 0
    }
}

/// Answers in each of the ways that there are, by the path.
private struct Asked: HTTPResponder {
    let witness: HTTPWitness
    private var pieces = NaiveHTTP.pieces[...]

    init(witness: HTTPWitness) { self.witness = witness }

    mutating func respond(to request: HTTPRequest, _ context: inout Context) -> HTTPAnswer {
        let heard = NaiveHTTP.Request(request)
        witness.requests.append(heard)
        switch request.target.path {
        case "/later":
            witness.isWaiting = true
            return .later(until: context.now + .seconds(1))
        case "/stream": return .stream(HTTPResponse(200))
        case "/none": return .response(HTTPResponse(204))
        default: return .response(HTTPResponse(200, body: Array(heard.content.utf8)))
        }
    }

    mutating func resume(_ context: inout Context) -> HTTPAnswer {
        witness.isWaiting = false
        let content = witness.requests.last?.content ?? ""
        return .response(HTTPResponse(200, body: Array(content.utf8)))
    }

    mutating func stream(_ output: inout [UInt8], _ context: inout Context) -> Instant? {
        guard let piece = pieces.popFirst() else { return nil }
        output += Array(piece.utf8)
        return .never
    }

    mutating func closed(_ context: inout Context) { witness.closed += 1 }
}

extension NaiveHTTP.Request {
    fileprivate init(_ request: HTTPRequest) {
        self.init(
            method: request.method, path: request.target.path,
            query: request.target.query.flatMap { [$0.name, $0.value] }, body: request.body,
            isOld: request.isOld, keepsAlive: request.keepsAlive)
    }
}
