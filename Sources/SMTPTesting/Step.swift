/// A step of a scripted dialogue: what the server says or does, or what it expects of the client.
///
/// See ``Behavior/script(_:)-(Step...)``.
public struct Step: Sendable {
    let kind: Kind

    enum Kind: Sendable {
        // The client's.
        case expect(Pattern)
        case expectContent
        case expectChunk(bytes: Int)
        case expectEnd
        // The server's.
        case reply([String])
        case send([UInt8])
        case wait(Duration)
        case startTLS
        case disconnect
        case reset
    }

    /// Expects a line that matches, as a whole and in any case: `"MAIL FROM:*"`.
    public static func expect(_ line: Pattern) -> Step { Step(kind: .expect(line)) }

    /// Expects content up to CRLF.CRLF, as it follows a 354.
    public static var expectContent: Step { Step(kind: .expectContent) }

    /// Expects so many bytes of content, as they follow BDAT.
    public static func expectContent(bytes: Int) -> Step {
        Step(kind: .expectChunk(bytes: bytes))
    }

    /// Expects that the client closes the connection, or its side of it.
    public static var expectEnd: Step { Step(kind: .expectEnd) }

    /// Says a reply, each line with a CRLF behind it.
    ///
    /// What is not a reply, since its codes or hyphens are wrong, is refused: say it by ``send(_:)``.
    public static func reply(_ lines: String...) -> Step { Step(kind: .reply(lines)) }

    /// Says bytes as they are, and nothing behind them.
    public static func send(_ bytes: some Sequence<UInt8>) -> Step {
        Step(kind: .send(Array(bytes)))
    }

    /// Says what was said so far, and nothing more for a while; the client is not read meanwhile.
    public static func wait(_ time: Duration) -> Step { Step(kind: .wait(time)) }

    /// Shakes hands: what follows is said and expected under TLS.
    ///
    /// What the client has sent in clear is forgotten. The certificate comes with it, as with
    /// ``Behavior/tls``.
    public static var startTLS: Step { Step(kind: .startTLS) }

    /// Closes the connection, as is done at the end of a script anyway.
    public static var disconnect: Step { Step(kind: .disconnect) }

    /// Resets the connection: the client gets an error.
    public static var reset: Step { Step(kind: .reset) }
}
