package import BlackholeRules

/// A transaction that completed, or that was refused at MAIL or later.
package struct Entry: Sendable, Equatable {
    /// What became of it.
    package enum Outcome: String, Sendable, CaseIterable {
        case accepted
        /// Refused with a code of 4xx.
        case deferred
        case refused
    }

    /// What the client was told.
    package struct Reply: Sendable, Equatable {
        package var code: Int
        package var enhanced: String?
        package var text: String

        package init(_ code: Int, enhanced: String? = nil, _ text: String) {
            self.code = code
            self.enhanced = enhanced
            self.text = text
        }
    }

    /// What the 250 reply says it is queued as; a transaction that was refused has one of that form.
    package var id: String
    /// When it ended.
    package var at: Timestamp
    /// The reverse-path; empty for `<>`.
    package var sender = ""
    /// The forward-paths, those that were refused among them where no other was accepted.
    package var recipients: [String] = []
    package var outcome = Outcome.accepted
    /// Where it was answered.
    package var stage = Stage.message
    package var reply: Reply
    /// The name of the rule that answered, or its number where it has none.
    package var rule: String?
    /// The client's address.
    package var peer = ""
    /// The client's name in HELO or EHLO.
    package var hello = ""
    /// The version of TLS.
    package var tls: String?
    /// Who the client has said it is.
    package var user: String?
    /// The listener, as its setting names it.
    package var listener = ""
    /// The bytes of the content.
    package var size = 0
    /// The subject, decoded; the board fills it in from the content where that is kept.
    package var subject: String?
    /// The session that it was in.
    package var session = ""

    package init(id: String, at: Timestamp, reply: Reply) {
        self.id = id
        self.at = at
        self.reply = reply
    }

    /// The entry as the API shows it.
    package var json: JSON {
        [
            "id": .string(id), "at": .string(at.description), "from": .string(sender),
            "to": JSON(recipients), "outcome": .string(outcome.rawValue),
            "stage": .string(stage.keyword),
            "reply": [
                "code": .integer(reply.code), "enhanced": JSON(reply.enhanced),
                "text": .string(reply.text),
            ],
            "rule": JSON(rule), "peer": .string(peer), "helo": .string(hello), "tls": JSON(tls),
            "user": JSON(user), "listener": .string(listener), "size": .integer(size),
            "subject": JSON(subject), "session": .string(session),
        ]
    }
}
