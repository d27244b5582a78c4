internal import BlackholeHTTP

/// What has happened lately, whatever became of it.
enum Entries {
    static let sessions: Route.Handler = { call throws(Problem) in
        var query = call.query
        let limit = try query.number("limit") ?? 0
        let before = try query.text("before")
        let filter = try query.filter(EntryFilter.names)
        try query.finish()
        let sessions = page(call.console.board.sessions(filter), limit, before, \.id)
        return .response(.json(["sessions": .array(sessions.map { $0.json(at: .now) })]))
    }

    static let session: Route.Handler = { call throws(Problem) in
        try call.query.finish()
        guard let session = call.console.board.session(try call.capture(0)) else {
            throw Problem(404, "there is no such session, or no longer")
        }
        return .response(.json(session.fullJSON(at: .now)))
    }

    static let entries: Route.Handler = { call throws(Problem) in
        var query = call.query
        let limit = try query.number("limit") ?? 50
        let before = try query.text("before")
        let search = try query.words("query").map { text throws(Problem) in try MailSearch(text) }
        // Here a list shows exactly what it is asked for.
        let outcomes = query.all("outcome")
        let (isDeferred, isRefused) = (outcomes.contains("deferred"), outcomes.contains("refused"))
        if isDeferred { _ = try query.text("outcome") }
        let filter = try query.filter(EntryFilter.names)
        try query.finish()
        let entries = call.console.board.entries { mail in
            let outcome = mail.entry.outcome
            return filter.matches(mail.entry, mail.message)
                && (!isDeferred || outcome == .deferred) && (!isRefused || outcome == .refused)
                && search?.matches(mail) ?? true
        }
        let shown = page(entries, limit, before, \.entry.id)
        return .response(
            .json([
                "messages": .array(shown.map(\.json)), "total": .integer(entries.count),
            ]))
    }

    static let entry: Route.Handler = { call throws(Problem) in
        try call.query.finish()
        guard let mail = call.console.board.anyMail(try call.capture(0)) else {
            throw Problem(404, "there is no such message, or no longer")
        }
        return .response(.json(mail.json))
    }

    /// Up to a number of what follows an id; all of it where the number is 0.
    private static func page<Item>(
        _ items: [Item], _ limit: Int, _ before: String?, _ id: (Item) -> String
    ) -> [Item] {
        var rest = items[...]
        if let before {
            rest = rest.firstIndex { id($0) == before }.map { rest[($0 + 1)...] } ?? []
        }
        return Array(limit == 0 ? rest : rest.prefix(limit))
    }
}

extension KeptMail {
    /// The entry, with whether its content can be read.
    var json: JSON {
        guard case .object(var members) = entry.json else { return nil }
        members["kept"] = .bool(message != nil)
        return .object(members)
    }
}
