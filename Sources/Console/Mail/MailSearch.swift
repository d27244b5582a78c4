internal import BlackholeHTTP
internal import BlackholeInbox

/// A search in Mailpit's syntax: words that must all be there, in any case.
///
/// `-word` or `!word` excludes; `"two words"` are one; `from:`, `to:` and others look in one place. What
/// is none of these is text.
package struct MailSearch: Sendable {
    /// One of the words.
    private struct Term: Sendable {
        let test: Test
        let isExcluded: Bool
    }

    /// What a word asks.
    private enum Test: Sendable {
        case anywhere(SearchText)
        case place(Place, SearchText)
        case isRead(Bool)
        case hasAttachment
        case hasInlinePart
        case after(Timestamp)
        case before(Timestamp)
        case larger(Int)
        case smaller(Int)
        /// Something that no message here has: a tag.
        case never
    }

    /// Where a word is looked for.
    private enum Place: String, CaseIterable, Sendable {
        case from
        case to
        case cc
        case bcc
        case replyTo = "reply-to"
        case addressed
        case subject
        case messageID = "message-id"
    }

    private let terms: [Term]

    /// Reads a search.
    ///
    /// - Parameter zone: of which times of day `after:` and `before:` speak.
    package init(_ text: String, zone: TimeZoneOffsets = .utc) throws(Problem) {
        var terms: [Term] = []
        for word in Self.words(of: text) {
            let isExcluded = word.count > 1 && (word.hasPrefix("-") || word.hasPrefix("!"))
            let rest = isExcluded ? String(word.dropFirst()) : word
            terms.append(Term(test: try Self.test(rest, zone), isExcluded: isExcluded))
        }
        self.terms = terms
    }

    /// Whether a message is found.
    package func matches(_ mail: KeptMail) -> Bool {
        terms.allSatisfy { Self.matches($0.test, mail) != $0.isExcluded }
    }

    /// The words, split at blanks that are not in quotes; the quotes go.
    ///
    /// One that is not closed goes to the end.
    private static func words(of text: String) -> [String] {
        var words: [String] = []
        var word = ""
        var isQuoted = false
        for character in text {
            if character == "\"" {
                isQuoted.toggle()
            } else if character.isWhitespace, !isQuoted {
                words.append(word)
                word = ""
            } else {
                word.append(character)
            }
        }
        return (words + [word]).filter { !$0.isEmpty }
    }

    private static func test(_ word: String, _ zone: TimeZoneOffsets) throws(Problem) -> Test {
        guard let colon = word.firstIndex(of: ":") else { return .anywhere(SearchText(word)) }
        let key = word[..<colon].lowercased()
        let value = String(word[word.index(after: colon)...])
        if let place = Place(rawValue: key) { return .place(place, SearchText(value)) }
        switch (key, value.lowercased()) {
        case ("is", "read"): return .isRead(true)
        case ("is", "unread"): return .isRead(false)
        case ("is", "tagged"), ("tag", _): return .never
        case ("has", "attachment"), ("has", "attachments"): return .hasAttachment
        case ("has", "inline"): return .hasInlinePart
        case ("after", _): return .after(try Timestamp(reading: value, zone, name: key))
        case ("before", _): return .before(try Timestamp(reading: value, zone, name: key))
        case ("larger", _): return .larger(try size(value, name: key))
        case ("smaller", _): return .smaller(try size(value, name: key))
        default: return .anywhere(SearchText(word))
        }
    }

    /// A size: `2000`, `500k`, `2m`.
    private static func size(_ text: String, name: String) throws(Problem) -> Int {
        let units: [Character: Int] = ["k": 1 << 10, "m": 1 << 20, "g": 1 << 30]
        let text = text.lowercased().hasSuffix("b") ? String(text.dropLast()) : text
        let unit = text.last.flatMap { units[Character($0.lowercased())] }
        guard let number = Int(digits: unit == nil ? text[...] : text.dropLast()),
            case let (size, false) = number.multipliedReportingOverflow(by: unit ?? 1)
        else { throw Problem(400, "'\(name)' is not a size: 500k or 2m") }
        return size
    }

    private static func matches(_ test: Test, _ mail: KeptMail) -> Bool {
        switch test {
        case .anywhere(let text): mail.searchTexts.contains { $0.contains(text) }
        case .place(let place, let text):
            texts(place, of: mail).contains {
                SearchText($0).contains(text)
            }
        case .isRead(let isRead): mail.isRead == isRead
        case .hasAttachment: mail.message?.mime.attachments.isEmpty == false
        case .hasInlinePart: mail.message?.mime.inlineParts.isEmpty == false
        case .after(let time): mail.entry.at >= time
        case .before(let time): mail.entry.at < time
        case .larger(let size): mail.entry.size > size
        case .smaller(let size): mail.entry.size < size
        case .never: false
        }
    }

    private static func texts(_ place: Place, of mail: KeptMail) -> [String] {
        switch place {
        case .from: mail.from.map { [$0.description] } ?? []
        case .to: mail.to.map(\.description)
        case .cc: mail.cc.map(\.description)
        case .bcc: mail.bcc.map(\.description)
        case .replyTo: mail.message?.mime.replyTo.map(\.description) ?? []
        case .addressed:
            ([mail.from].compactMap { $0 } + mail.to + mail.cc + mail.bcc
                + (mail.message?.mime.replyTo ?? [])).map(\.description)
        case .subject: [mail.entry.subject ?? ""]
        case .messageID: [mail.message?.mime.messageID ?? ""]
        }
    }
}

extension KeptMail {
    /// Where a word may be that no place is named for.
    fileprivate var searchTexts: some Sequence<SearchText> {
        let pieces: [() -> String] = [
            { entry.subject ?? "" },
            {
                ([from].compactMap { $0 } + to + cc + bcc).map(\.description).joined(
                    separator: "\n")
            },
            { message?.mime.text ?? "" }, { message?.mime.html ?? "" },
            {
                (message?.mime.attachments ?? []).compactMap(\.fileName).joined(separator: "\n")
            },
        ]
        return pieces.lazy.map { SearchText($0()) }
    }
}

extension Timestamp {
    /// Reads a date, with a time of day or without: `2026-11-28`, `2026/11/28 09:30`,
    /// `2026-11-28T09:30:00Z`.
    init(reading text: String, _ zone: TimeZoneOffsets, name: String) throws(Problem) {
        let problem = Problem(400, "'\(name)' is not a date: 2026-11-28 or 2026-11-28T09:30:00Z")
        // Fractions of seconds are passed over.
        let isUTC = text.uppercased().hasSuffix("Z")
        let body = (isUTC ? text.dropLast() : text[...]).prefix { $0 != "." }
        let numbers = body.split { "-/: T".contains($0) }.map { Int(digits: $0).map(Int64.init) }
        guard 3...6 ~= numbers.count, numbers.count != 4, !numbers.contains(nil),
            body.allSatisfy({ $0.isNumber || "-/: T".contains($0) })
        else { throw problem }
        let fields = numbers.compactMap { $0 } + [0, 0, 0]
        guard let day = Calendar.number(year: fields[0], month: fields[1], day: fields[2]),
            fields[3] < 24, fields[4] < 60, fields[5] < 61
        else { throw problem }
        let local = day * 86_400 + fields[3] * 3600 + fields[4] * 60 + fields[5]
        self.init(seconds: isUTC ? local : zone.utc(of: local))
    }
}
