internal import BlackholeHTTP
internal import BlackholePipeline

/// One stream of server-sent events (HTML §9.2).
struct EventStream {
    private let console: Console
    let ticket: Int
    /// After which event it is; nil where it has to begin anew.
    private var position: Int?
    /// Why it has to.
    private var restart: String?
    private var hasBegun = false
    private var second: Int
    private var nextComment: Instant
    private var messages: Sampler?
    private var sessions: Sampler?

    /// How many events are written at once.
    private static let batch = 100
    /// After each time of this length comes a comment, which keeps the connection alive.
    private static let commentInterval = Duration.seconds(15)

    /// What a response with events begins with: nothing between us and the client must hold them back.
    static let head = HTTPResponse(
        200,
        [
            "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-store",
            "x-accel-buffering": "no",
        ])

    /// Begins a stream.
    ///
    /// - Parameters:
    ///   - text: the cursor after which it begins.
    ///   - sample: how many messages, and sessions, it says in a second; nil for all.
    init(
        _ console: Console, after text: String?, sample: Int?, _ context: borrowing Context
    ) {
        self.console = console
        (ticket, position) = console.board.stream(after: text, waking: context.waker)
        if position == nil {
            let run = text.flatMap { Cursor($0) }?.run
            restart = run == nil || run == console.board.run ? "expired" : "restarted"
        }
        second = console.rates().number
        nextComment = context.now + EventStream.commentInterval
        messages = sample.map { Sampler(perSecond: $0) }
        sessions = messages
    }

    /// Writes what has happened.
    ///
    /// - Returns: when there is something to write at the latest.
    mutating func write(to output: inout [UInt8], _ context: inout Context) -> Instant {
        if !hasBegun {
            hasBegun = true
            output += "retry: 2000\n\n".utf8
        }
        let items = console.board.items(after: &position, atMost: EventStream.batch)
        for item in items { write(item, at: context.now, to: &output) }
        let rates = console.rates()
        if rates.number != second {
            second = rates.number
            write("rates", rateJSON(rates.members), console.board.cursor(at: position), to: &output)
        }
        if context.now >= nextComment {
            output += ":\n\n".utf8
            nextComment = context.now + EventStream.commentInterval
        }
        return items.count == EventStream.batch ? context.now : nextComment
    }

    private mutating func write(_ item: StreamItem, at now: Instant, to output: inout [UInt8]) {
        switch item.kind {
        case .message(let entry, let isKept):
            guard messages?.admits(at: now) ?? true else { return }
            guard case .object(var members) = entry.json else { return }
            members["kept"] = .bool(isKept)
            write("message", .object(members), item.cursor, to: &output)
        case .session(let session):
            guard sessions?.admits(at: now) ?? true else { return }
            write("session", session.json(at: .now), item.cursor, to: &output)
        case .rules(let tag): write("rules", ["etag": .string(tag)], item.cursor, to: &output)
        case .reset(let reason, let dropped):
            var members: [String: JSON] = ["reason": .string(restart ?? reason)]
            if let dropped { members["dropped"] = .integer(dropped) }
            restart = nil
            write("reset", .object(members), item.cursor, to: &output)
        }
    }

    private mutating func rateJSON(_ members: [String: JSON]) -> JSON {
        var members = members
        members["sampled"] = .integer(messages?.takeRatio() ?? 1)
        return .object(members)
    }

    private func write(
        _ event: String, _ data: JSON, _ cursor: Cursor, to output: inout [UInt8]
    ) {
        // JSON has no line end in it.
        output += "id: \(cursor)\nevent: \(event)\ndata: ".utf8
        output += data.text
        output += "\n\n".utf8
    }
}
