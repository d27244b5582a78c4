internal import BlackholePipeline
internal import Synchronization

extension SMTPServer {
    /// Mails a message to this server, as an ordinary client would: for trying out behaviors.
    ///
    /// What comes back is one reply for the greeting and each of EHLO, MAIL, every RCPT, DATA, the
    /// message and QUIT, up to the first that is negative or the end of the connection.
    ///
    /// - Parameters:
    ///   - sender: the reverse-path, without brackets.
    ///   - recipients: the forward-paths, without brackets.
    ///   - content: lines that end with a line feed or CRLF; dots are stuffed.
    @discardableResult
    public func mail(
        from sender: String = "me@example.org", to recipients: String..., content: String = ""
    ) async -> [String] {
        let isLineEnd = { $0 == "\n" as Character || $0 == "\r\n" }
        // The byte is looked at: a dot with an accent is another character, but a dot on the wire.
        let body = content.split(omittingEmptySubsequences: false, whereSeparator: isLineEnd)
            .map { ($0.utf8.first == UInt8(ascii: ".") ? "." : "") + $0 + "\r\n" }.joined()
        let lines =
            ["EHLO client.example", "MAIL FROM:<\(sender)>"]
            + recipients.map { "RCPT TO:<\($0)>" } + ["DATA", body + ".", "QUIT"]
        return await say(lines, stopsAtRefusal: true)
    }

    /// Says lines to this server, each when the one before is answered, and closes.
    ///
    /// What comes back is the greeting and a reply for each line, without line ends but for those
    /// between the lines of one reply; less where the server closes early.
    @discardableResult
    public func say(_ lines: String...) async -> [String] {
        await say(lines, stopsAtRefusal: false)
    }

    private func say(_ lines: [String], stopsAtRefusal: Bool) async -> [String] {
        await withCheckedContinuation { continuation in
            let replies = Replies(continuation)
            connect { Speaker(lines, stopsAtRefusal: stopsAtRefusal, replies) }
        }
    }
}

/// What a server has said, for the one who waits for it until nobody holds this any more: that is
/// so, too, where the loops have ended and no connection is made.
private final class Replies: Sendable {
    private let continuation: CheckedContinuation<[String], Never>
    private let replies = Mutex<[String]>([])

    init(_ continuation: CheckedContinuation<[String], Never>) {
        self.continuation = continuation
    }

    func add(_ reply: String) { replies.withLock { $0.append(reply) } }

    deinit { continuation.resume(returning: replies.withLock { $0 }) }
}

/// A client that says its lines one by one.
private struct Speaker: ByteHandler {
    private var lines: ArraySlice<String>
    private let stopsAtRefusal: Bool
    private let replies: Replies
    /// The lines of the reply under way.
    private var reply: [String] = []

    init(_ lines: [String], stopsAtRefusal: Bool, _ replies: Replies) {
        self.lines = lines[...]
        self.stopsAtRefusal = stopsAtRefusal
        self.replies = replies
    }

    mutating func receive(_ input: RawSpan, _ context: inout Context) -> Intake {
        var start = 0
        for end in 1..<max(1, input.byteCount) {
            let isLineEnd =
                input.unsafeLoad(fromByteOffset: end - 1, as: UInt8.self) == 0x0D
                && input.unsafeLoad(fromByteOffset: end, as: UInt8.self) == 0x0A
            guard isLineEnd else { continue }
            let line = input.text(start..<end - 1)
            start = end + 1
            reply.append(line)
            guard line.dropFirst(3).first != "-" else { continue }
            replies.add(reply.joined(separator: "\n"))
            let isRefusal = line.first == "4" || line.first == "5"
            reply = []
            guard let next = lines.popFirst(), !(stopsAtRefusal && isRefusal) else {
                return Intake(start, .close)
            }
            context.output.append(text: next + "\r\n")
        }
        return Intake(start)
    }

    mutating func handle(_ event: ConnectionEvent, _ context: inout Context) -> Verdict {
        event == .ended ? .close : .proceed
    }
}
