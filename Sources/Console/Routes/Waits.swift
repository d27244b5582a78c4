internal import BlackholeHTTP

/// Waiting for what happens next.
enum Waits {
    /// The longest wait.
    private static let most = Duration.seconds(60)
    /// The most messages of a wait: it holds those that have come.
    private static let maximumCount = 10_000

    static let cursor: Route.Handler = { call throws(Problem) in
        try call.query.finish()
        call.console.board.poll()
        return .response(.json(["cursor": .string(call.console.board.cursor.description)]))
    }

    static let wait: Route.Handler = { call throws(Problem) in
        var query = call.query
        let expectation = try query.text("expect")
        guard expectation == nil || expectation == "none" else {
            throw Problem(400, "'expect' can only be none")
        }
        let time = try query.duration("for", atMost: most)
        let timeout = try query.duration("timeout", atMost: most)
        let count = try query.number("count")
        var wish = Wish(try query.filter(EntryFilter.names))
        if wish.filter.outcomes == nil { wish.filter.outcomes = .accepted }
        if let text = try query.text("after") {
            guard let cursor = Cursor(text) else {
                throw Problem(400, "'after' is not a cursor: ask /api/cursor for one")
            }
            wish.after = cursor
        }
        try query.finish()
        guard 1...Waits.maximumCount ~= count ?? 1 else {
            throw Problem(400, "'count' is at least 1, and at most \(Waits.maximumCount)")
        }
        wish.count = count ?? 1
        guard expectation != nil else {
            if time != nil { throw Problem(400, "'for' goes with expect=none: use 'timeout'") }
            return .wait(wish, timeout: timeout ?? .seconds(10))
        }
        guard let time else { throw Problem(400, "expect=none needs 'for': for=2s, say") }
        if timeout != nil {
            throw Problem(400, "'timeout' does not go with expect=none: use 'for'")
        }
        return .wait(wish, timeout: time)
    }

    static let events: Route.Handler = { call throws(Problem) in
        if call.request.fields["upgrade"]?.lowercased() == "websocket" {
            throw Problem(501, "events come as text/event-stream here, and not by WebSocket")
        }
        var query = call.query
        // A cursor that means nothing is answered on the stream.
        let after = query.all("after").last
        query.drop("after")
        let sample = try query.number("sample")
        try query.finish()
        if sample == 0 { throw Problem(400, "'sample' is at least 1") }
        return .events(after: call.request.fields["last-event-id"] ?? after, sample: sample)
    }
}
