internal import BlackholeHTTP
package import BlackholeInbox
internal import BlackholeRules

/// Which entries are of interest: an inbox among many, what a wait is for.
///
/// All of its parts must match. Addresses are those of the envelope.
package struct EntryFilter: Sendable {
    /// Whose outcome is of interest.
    package enum Outcomes: String, Sendable, CaseIterable {
        case accepted
        /// With those that are deferred.
        case refused
        case any
    }

    private enum Part: Sendable {
        case recipient(AddressPattern)
        case sender(AddressPattern)
        /// The null reverse-path.
        case nullSender
        case domain(Glob)
        /// What follows the plus in a local part.
        case tag(Glob)
        case user(Glob?)
        case listener(Glob)
        case rule(Glob?)
        /// Part of the subject.
        case subject(SearchText)
        /// A field's name in small letters, and part of its value.
        case header(name: String, value: SearchText)
    }

    private var parts: [Part] = []
    /// The outcomes that match; nil where nothing is said of them.
    package var outcomes: Outcomes?

    /// A filter that everything passes.
    package init() {}

    /// The names of what narrows any list.
    package static let inboxNames = [
        "to", "from", "domain", "tag", "user", "listener", "header",
    ]
    /// All names.
    package static let names = inboxNames + ["subject", "rule", "outcome"]

    /// Adds a part by its name.
    package mutating func add(_ name: String, _ value: String) throws(Problem) {
        guard !value.isEmpty else { throw Problem(400, "'\(name)' is empty") }
        switch name {
        case "to": parts.append(.recipient(try Self.pattern(name, value)))
        case "from":
            parts.append(value == "none" ? .nullSender : .sender(try Self.pattern(name, value)))
        case "domain": parts.append(.domain(Glob(value)))
        case "tag": parts.append(.tag(Glob(value)))
        case "user": parts.append(.user(value == "none" ? nil : Glob(value)))
        case "listener": parts.append(.listener(Glob(value)))
        case "rule": parts.append(.rule(value == "none" ? nil : Glob(value)))
        case "subject": parts.append(.subject(SearchText(value)))
        case "header":
            guard let colon = value.firstIndex(of: ":"), colon > value.startIndex,
                colon < value.index(before: value.endIndex)
            else { throw Problem(400, "'header' is not a field: write it as Name:Value") }
            let text = value[value.index(after: colon)...].drop { $0 == " " }
            parts.append(
                .header(name: value[..<colon].lowercased(), value: SearchText(String(text))))
        case "outcome":
            guard let outcomes = Outcomes(rawValue: value) else {
                let names = Outcomes.allCases.map(\.rawValue).joined(separator: ", ")
                throw Problem(400, "'outcome' is one of \(names)")
            }
            self.outcomes = outcomes
        default: throw Problem(400, "unknown parameter '\(name)'")
        }
    }

    private static func pattern(_ name: String, _ value: String) throws(Problem) -> AddressPattern {
        let pattern = AddressPattern(value)
        if case .list = pattern { throw Problem(400, "'\(name)' must not name a file") }
        return pattern
    }

    /// Whether nothing but user and listener is asked for, which a session has, too.
    var isOfSessions: Bool {
        (outcomes ?? .any) == .any
            && parts.allSatisfy { part in
                switch part {
                case .user, .listener: true
                default: false
                }
            }
    }

    /// Whether an entry matches, with the message if that is kept.
    package func matches(
        _ entry: Entry, _ message: @autoclosure () -> ReceivedMessage?
    ) -> Bool {
        switch outcomes {
        case .any, nil: break
        case .accepted: if entry.outcome != .accepted { return false }
        case .refused: if entry.outcome == .accepted { return false }
        }
        return parts.allSatisfy { Self.matches($0, entry, message) }
    }

    /// Whether the user and the listener of a session match.
    func matches(_ session: SessionSummary) -> Bool {
        parts.allSatisfy { part in
            switch part {
            case .user(let glob): Self.matches(glob, session.user)
            case .listener(let glob): glob.matches(session.listener)
            default: true
            }
        }
    }

    private static func matches(
        _ part: Part, _ entry: Entry, _ message: () -> ReceivedMessage?
    ) -> Bool {
        switch part {
        case .recipient(let pattern): entry.recipients.contains { pattern.matches(text: $0) }
        case .sender(let pattern): pattern.matches(text: entry.sender)
        case .nullSender: entry.sender.isEmpty
        case .domain(let glob):
            entry.recipients.contains { $0.domain.map { glob.matches($0) } ?? false }
        case .tag(let glob): entry.recipients.contains { $0.tag.map { glob.matches($0) } ?? false }
        case .user(let glob): matches(glob, entry.user)
        case .listener(let glob): glob.matches(entry.listener)
        case .rule(let glob): matches(glob, entry.rule)
        case .subject(let text): entry.subject.map { SearchText($0).contains(text) } ?? false
        case .header(let name, let value):
            message()?.headers.contains {
                $0.name.lowercased() == name && SearchText($0.decoded).contains(value)
            } ?? false
        }
    }

    /// Whether a text matches; without a pattern, whether there is none.
    private static func matches(_ glob: Glob?, _ text: String?) -> Bool {
        guard let glob, let text else { return glob == nil && text == nil }
        return glob.matches(text)
    }
}

extension AddressPattern {
    fileprivate func matches(text: String) -> Bool {
        let bytes = Array(text.utf8)
        return matches(bytes.span.bytes) ?? false
    }
}

extension String {
    /// What follows the last `@`.
    fileprivate var domain: String? {
        lastIndex(of: "@").map { String(self[index(after: $0)...]) }
    }

    /// What follows the first `+` of the local part.
    fileprivate var tag: String? {
        let local = self[..<(lastIndex(of: "@") ?? endIndex)]
        return local.firstIndex(of: "+").map { String(local[local.index(after: $0)...]) }
    }
}
