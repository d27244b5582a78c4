import BlackholePipeline
import SMTPTesting

/// A client of a fake, over a virtual clock.
struct FakeClient: ~Copyable {
    private var loopback: Loopback
    /// What the server has said first.
    let greeting: String

    init(_ behaviors: [Behavior]) throws {
        self.init(try .atZero(behaviors))
    }

    init(_ fake: Fake) {
        loopback = Loopback { _ in fake.stack() }
        greeting = loopback.takeOutput()
    }

    /// Says a line, and returns what is replied at once.
    mutating func say(_ line: String) -> String {
        loopback.send(line + "\r\n")
        return loopback.takeOutput()
    }

    /// Says lines, and returns the code of each reply.
    mutating func codes(_ lines: String...) -> [String] {
        lines.map { String(say($0).prefix(3)) }
    }

    mutating func wait(_ time: Duration) -> String {
        loopback.advance(by: time)
        return loopback.takeOutput()
    }

    /// How the server has ended the connection; nil while it has not.
    var closing: LoopbackClosing? { loopback.closing }
}

extension Fake {
    /// A fake that begins when the virtual clock does.
    static func atZero(_ behaviors: [Behavior]) throws -> Fake {
        try Fake(behaviors, startup: Instant(nanoseconds: 0))
    }
}
