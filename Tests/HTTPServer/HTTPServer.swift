import BlackholeGzip
import BlackholeHTTP
import BlackholePipeline
import BlackholeTLS
import Glibc

/// A server of HTTP for clients that others have written.
///
/// It prints the ports at which it listens, in clear and by TLS, and serves until its input ends. With
/// `SHORT` it waits no longer than a second for anything.
@main
enum HTTPServer {
    static func main() throws {
        var limits = HTTPLimits()
        limits.body = 2 << 30
        if CommandLine.arguments.contains("SHORT") {
            limits.headTime = .seconds(1)
            limits.bodyTime = .seconds(1)
            limits.idle = .seconds(1)
        }
        let loops = try EventLoops(count: 1)
        let context = try TLSContext.server([.selfSigned()])
        let clear = try loops.listen(on: .loopback()) { [limits] _ in
            HTTPLayer(limits) { Demonstration() }
        }
        let secured = try loops.listen(on: .loopback()) { [limits] _ in
            TLSLayer(context, isImplicit: true) { _ in HTTPLayer(limits) { Demonstration() } }
        }
        print(clear.port ?? 0, secured.port ?? 0)
        fflush(nil)
        while readLine() != nil {}
        loops.stop(grace: .seconds(1))
    }
}

/// Says what it was asked, in the forms that a response may have.
struct Demonstration: HTTPResponder {
    private var numbers = 0..<0
    private var due = Instant(nanoseconds: 0)

    /// Small, but for what a client uploads to be counted.
    mutating func maximumBody(of request: HTTPRequest) -> Int {
        request.target.path == "/refused" ? 100_000 : .max
    }

    mutating func respond(to request: HTTPRequest, _ context: inout Context) -> HTTPAnswer {
        switch request.target.path {
        case "/none": return .response(HTTPResponse(204))
        case "/bytes":
            let count = request.target.query.first.flatMap { Int($0.value) } ?? 0
            let body = (0..<max(0, count)).map { UInt8(truncatingIfNeeded: $0 % 251) }
            return .response(HTTPResponse(200, body: body))
        case "/text":
            let text = String(repeating: "The same line again.\n", count: 1000)
            return .response(.text(200, text).compressed(for: request))
        case "/later": return .later(until: context.now + .milliseconds(5))
        case "/stream":
            numbers = 0..<10
            return .stream(HTTPResponse(200, ["content-type": "text/plain"]))
        default:
            return .response(
                HTTPResponse(
                    200, ["x-method": request.method, "x-path": request.target.path],
                    body: request.body))
        }
    }

    mutating func resume(_ context: inout Context) -> HTTPAnswer {
        .response(.text(200, "It is later now.\n"))
    }

    mutating func stream(_ output: inout [UInt8], _ context: inout Context) -> Instant? {
        if context.now < due { return due }
        guard let number = numbers.popFirst() else { return nil }
        output += Array("\(number)\n".utf8)
        due = context.now + .milliseconds(5)
        return due
    }
}
