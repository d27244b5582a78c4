internal import BlackholeHTTP
internal import BlackholeRules

/// What Mailpit's clients ask of the server as a whole.
enum Mailpit {
    static let info: Route.Handler = { call throws(Problem) in
        try call.query.finish()
        let console = call.console
        let counts = console.board.mailbox().counts
        let totals = console.meters.totals()
        return .response(
            .json([
                "Version": .string(console.settings.version),
                "LatestVersion": .string(console.settings.version), "Database": "",
                "DatabaseSize": 0, "Messages": .integer(counts.total),
                "Unread": .integer(counts.unread), "Tags": [:],
                "RuntimeStats": [
                    "Uptime": .integer(Int(Timestamp.now.seconds(since: console.started))),
                    "Memory": .integer(totals.memory), "MessagesDeleted": .integer(counts.deleted),
                    "SMTPAccepted": .integer(totals.accepted),
                    "SMTPAcceptedSize": .integer(totals.acceptedBytes),
                    "SMTPRejected": .integer(totals.refused), "SMTPIgnored": 0,
                ],
            ]))
    }

    static let webUI: Route.Handler = { call throws(Problem) in
        try call.query.finish()
        return .response(
            .json([
                "Label": .string(call.console.settings.name),
                "MessageRelay": ["Enabled": false], "SpamAssassin": false,
                "ChaosEnabled": .bool(call.console.canChangeRules), "DuplicatesIgnored": false,
                "HideDeleteAllButton": .bool(call.console.settings.isReadOnly),
            ]))
    }

    static let tags: Route.Handler = { call throws(Problem) in
        try call.query.finish()
        return .response(.json([]))
    }

    static let chaos: Route.Handler = { call throws(Problem) in
        try call.query.finish()
        return .response(.json(Chaos.json(call.console.rules.page.rows.map(\.rule))))
    }

    static let setChaos: Route.Handler = { call throws(Problem) in
        try call.query.finish()
        let chaos = try Chaos.read(try JSON(reading: call.request.body))
        let names = Set(Chaos.allCases.map(\.ruleName))
        let page = try call.console.changeRules(ifMatch: nil) { rows throws(Problem) in
            chaos.map { ($0, "http") }
                + rows.filter { !names.contains($0.rule.name ?? "") }.map { ($0.rule, $0.origin) }
        }
        return .response(.json(Chaos.json(page.rows.map(\.rule))))
    }

    static let sendsNothing: Route.Handler = { _ throws(Problem) in
        throw Problem(501, "this server sends no mail")
    }

    static let checksNothing: Route.Handler = { _ throws(Problem) in
        throw Problem(501, "this server fetches nothing, and checks no messages")
    }
}
