package import BlackholeRules

/// A transaction that completed, or that was refused at MAIL or later.
///
/// It is a value whose copies share one block of memory: lists, events and waits have the same entries.
@dynamicMemberLookup
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

    /// What is known of it.
    package struct Facts: Sendable, Equatable {
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
        /// The loop that has reported it.
        var loop = 0
    }

    private final class Box: Sendable {
        let facts: Facts
        /// About how much memory it takes, with those of its texts that a client chooses.
        let bytes: Int

        init(_ facts: consuming Facts) {
            bytes = facts.bytes
            self.facts = consume facts
        }
    }

    /// All copies share it until one is changed.
    private var box: Box

    package init(id: String, at: Timestamp, reply: Reply) {
        self.init(Facts(id: id, at: at, reply: reply))
    }

    init(_ facts: consuming Facts) { box = Box(consume facts) }

    package subscript<Fact>(dynamicMember path: WritableKeyPath<Facts, Fact>) -> Fact {
        get { box.facts[keyPath: path] }
        set {
            var facts = box.facts
            facts[keyPath: path] = newValue
            box = Box(facts)
        }
    }

    /// About how much memory it takes.
    var bytes: Int { box.bytes }

    package static func == (left: Entry, right: Entry) -> Bool {
        left.box === right.box || left.box.facts == right.box.facts
    }

    /// The entry as the API shows it.
    package var json: JSON {
        let facts = box.facts
        return [
            "id": .string(facts.id), "at": .string(facts.at.description),
            "from": .string(facts.sender), "to": JSON(facts.recipients),
            "outcome": .string(facts.outcome.rawValue), "stage": .string(facts.stage.keyword),
            "reply": [
                "code": .integer(facts.reply.code), "enhanced": JSON(facts.reply.enhanced),
                "text": .string(facts.reply.text),
            ],
            "rule": JSON(facts.rule), "peer": .string(facts.peer), "helo": .string(facts.hello),
            "tls": JSON(facts.tls), "user": JSON(facts.user),
            "listener": .string(facts.listener), "size": .integer(facts.size),
            "subject": JSON(facts.subject), "session": .string(facts.session),
        ]
    }
}

extension Entry.Facts {
    fileprivate var bytes: Int {
        var bytes = Self.overhead + sender.utf8.count + hello.utf8.count + reply.text.utf8.count
        for recipient in recipients { bytes += recipient.utf8.count + Self.textOverhead }
        return bytes + (subject?.utf8.count ?? 0)
    }

    /// What a text costs besides its bytes, and an entry besides its texts.
    private static let textOverhead = 48
    private static let overhead = 400
}
