package import BlackholeInbox

/// What the console knows of a session.
package struct SessionSummary: Sendable {
    /// How a session ended.
    package enum Ending: String, Sendable, CaseIterable {
        case quit
        /// The client closed the connection.
        case eof
        case reset
        case timeout
        /// A rule closed or reset it.
        case rule
        /// A limit was reached, or the server stopped.
        case limit
    }

    package var id: String
    package var opened: Timestamp
    /// When it ended; nil while it is open.
    package var closed: Timestamp?
    package var ending: Ending?
    /// The client's address.
    package var peer = ""
    /// The client's name in HELO or EHLO.
    package var hello: String?
    /// The version of TLS.
    package var tls: String?
    /// Who the client has said it is.
    package var user: String?
    /// The listener, as its setting names it.
    package var listener = ""
    /// The messages that were accepted.
    package var messages = 0
    /// The transactions that were refused.
    package var refused = 0
    /// The bytes of all contents.
    package var bytes = 0
    /// What was said, without secrets.
    package var transcript: Transcript { said.transcript }
    var said = KeptTranscript()

    package init(id: String, opened: Timestamp) {
        self.id = id
        self.opened = opened
    }

    /// The session as lists and events show it.
    package func json(at now: Timestamp) -> JSON {
        let seconds = max(0, (closed ?? now).seconds(since: opened))
        return [
            "id": .string(id), "peer": .string(peer), "helo": JSON(hello), "tls": JSON(tls),
            "user": JSON(user), "listener": .string(listener),
            "opened": .string(opened.description),
            "seconds": .number((seconds * 1000).rounded() / 1000),
            "messages": .integer(messages), "refused": .integer(refused),
            "bytes": .integer(bytes), "ended": JSON(ending?.rawValue),
        ]
    }

    /// The session with its transcript.
    package func fullJSON(at now: Timestamp) -> JSON {
        guard case .object(var members) = json(at: now) else { return nil }
        members["transcript"] = .array(
            transcript.lines.map {
                ["who": .string($0.speaker.rawValue), "text": .string($0.text)]
            })
        return .object(members)
    }
}
