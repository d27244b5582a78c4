internal import BlackholeHTTP

/// Mailpit's lists of messages, and what is done with several at once.
enum Mailbox {
    /// Which messages a request is about.
    private struct Selection {
        var filter = EntryFilter()
        var search: MailSearch?
        var before: Timestamp?

        /// Reads the parameters that narrow a list.
        init(_ query: inout Query, isSearch: Bool = false) throws(Problem) {
            let zone = try query.zone()
            filter = try query.filter(EntryFilter.inboxNames)
            before = try query.words("before").map { text throws(Problem) in
                try Timestamp(reading: text, zone, name: "before")
            }
            guard isSearch else { return }
            guard let text = try query.words("query") else {
                throw Problem(400, "Error: no search query")
            }
            search = try MailSearch(text, zone: zone)
        }

        func matches(_ mail: KeptMail) -> Bool {
            filter.matches(mail.entry, mail.message) && search?.matches(mail) ?? true
                && before.map { mail.entry.at < $0 } ?? true
        }
    }

    static let list: Route.Handler = { call throws(Problem) in try show(call, isSearch: false) }

    static let search: Route.Handler = { call throws(Problem) in try show(call, isSearch: true) }

    /// MessagesSummary, the newest first.
    private static func show(_ call: Call, isSearch: Bool) throws(Problem) -> ConsoleAnswer {
        var query = call.query
        let start = try query.number("start") ?? 0
        let limit = try query.number("limit") ?? 50
        let selection = try Selection(&query, isSearch: isSearch)
        try query.finish()
        let (mail, counts) = call.console.board.mailbox(where: selection.matches)
        let rest = mail.dropFirst(start)
        let page = limit == 0 ? rest : rest.prefix(limit)
        return .response(
            .json([
                "total": .integer(counts.total), "unread": .integer(counts.unread),
                "count": .integer(page.count), "messages_count": .integer(mail.count),
                "messages_unread": .integer(mail.count { !$0.isRead }),
                "start": .integer(start), "tags": [],
                "messages": .array(page.map(\.summary)),
            ]))
    }

    static let mark: Route.Handler = { call throws(Problem) in
        var query = call.query
        let zone = try query.zone()
        let filter = try query.filter(EntryFilter.inboxNames)
        try query.finish()
        let body = try JSON(reading: call.request.body)
        guard case .object = body else { throw Problem(400, "the body is not a JSON object") }
        let isRead = try member(body, "Read", \.bool) ?? false
        let ids = try member(body, "IDs", \.strings) ?? []
        let text = try member(body, "Search", \.string) ?? ""
        let search = try MailSearch(text, zone: zone)
        let (mail, _) = call.console.board.mailbox { mail in
            filter.matches(mail.entry, mail.message) && search.matches(mail)
        }
        let chosen = Set(ids)
        let marked = mail.map(\.entry.id).filter { chosen.isEmpty || chosen.contains($0) }
        call.console.board.mark(marked, isRead: isRead)
        return .response(.ok)
    }

    static let delete: Route.Handler = { call throws(Problem) in
        var query = call.query
        let selection = try Selection(&query)
        try query.finish()
        var chosen: Set<String>?
        if !call.request.body.isEmpty {
            // What is not understood must not delete all.
            guard let ids = try JSON(reading: call.request.body).member("IDs")?.strings,
                !ids.isEmpty
            else { throw Problem(400, "the body is not {\"IDs\": [\"…\"]}") }
            chosen = Set(ids)
        }
        let board = call.console.board
        // A message that was refused is not in the mailbox, and goes if it is named.
        let mail =
            chosen.map { ids in
                board.entries { ids.contains($0.entry.id) && selection.matches($0) }
            } ?? board.mailbox(where: selection.matches).mail
        board.delete(mail.map(\.entry.id))
        return .response(.ok)
    }

    static let deleteFound: Route.Handler = { call throws(Problem) in
        var query = call.query
        let selection = try Selection(&query, isSearch: true)
        try query.finish()
        let (mail, _) = call.console.board.mailbox(where: selection.matches)
        call.console.board.delete(mail.map(\.entry.id))
        return .response(.ok)
    }

    /// The newest message that a request's parameters leave.
    static func latest(_ query: inout Query, of console: Console) throws(Problem) -> KeptMail? {
        let hasQuery = query.has("query")
        let selection = try Selection(&query, isSearch: hasQuery)
        return console.board.mailbox(where: selection.matches).mail.first
    }

    /// A member of a body; nil without one.
    private static func member<Value>(
        _ body: JSON, _ name: String, _ value: (JSON) -> Value?
    ) throws(Problem) -> Value? {
        guard let member = body.member(name), member != .null else { return nil }
        guard let value = value(member) else { throw Problem(400, "\(name) has a wrong type") }
        return value
    }
}

extension Query {
    /// The zone in which times of day are.
    fileprivate mutating func zone() throws(Problem) -> TimeZoneOffsets {
        guard let name = try text("tz") else { return .utc }
        return try TimeZoneOffsets(named: name)
    }
}
