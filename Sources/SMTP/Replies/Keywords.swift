/// What the replies to EHLO and LHLO announce, as changes to what a session announces by itself.
///
/// ```swift
/// SessionSettings(
///     keywords: .standard.adding("XCLIENT", "NAME ADDR").adding("SIZE", "1000").removing("DSN"))
/// ```
///
/// Only the announcement changes, not what the session does: without `PIPELINING` commands may
/// still be pipelined, and one of a new keyword is for ``Responder/command(_:in:_:)`` to take.
public struct Keywords: Sendable {
    /// In the order in which they are made; nil removes.
    private var changes: [(keyword: String, line: String?)] = []

    /// What the session announces by itself.
    public static var standard: Keywords { Keywords() }

    /// The same keywords with one more, in every session, be it secured or not; where it is
    /// announced already, with these parameters in the place of its own.
    ///
    /// - Parameters:
    ///   - keyword: letters, digits and hyphens, not the latter first (RFC 5321 §4.1.1.1).
    ///   - parameters: words of visible ASCII with a blank between two, or none. The line has room
    ///     for 506 bytes in all.
    public func adding(_ keyword: String, _ parameters: String = "") -> Keywords {
        let line = parameters.isEmpty ? keyword : "\(keyword) \(parameters)"
        precondition(Keywords.isAnnouncement(line), "no keyword of RFC 5321 §4.1.1.1: \(line)")
        var keywords = self
        keywords.changes.append((keyword, line))
        return keywords
    }

    /// The same keywords without this one.
    public func removing(_ keyword: String) -> Keywords {
        var keywords = self
        keywords.changes.append((keyword, nil))
        return keywords
    }

    /// The lines with the changes made to them.
    func applied(to standard: [String]) -> [String] {
        var lines = standard
        for change in changes {
            let place = lines.firstIndex {
                Keywords.keyword(of: $0) == Keywords.keyword(of: change.keyword)
            }
            switch (place, change.line) {
            case (let place?, let line?): lines[place] = line
            case (let place?, nil): lines.remove(at: place)
            case (nil, let line?): lines.append(line)
            case (nil, nil): break
            }
        }
        return lines
    }

    private static func keyword(of line: String) -> String {
        line.prefix { $0 != " " }.uppercased()
    }

    /// Whether the text is `ehlo-line`, and a reply has room for it.
    package static func isAnnouncement(_ line: String) -> Bool {
        let words = line.utf8.split(separator: 0x20, omittingEmptySubsequences: false)
        guard let keyword = words.first, let initial = keyword.first else { return false }
        return initial.isLetterOrDigit
            && keyword.allSatisfy { $0.isLetterOrDigit || $0 == UInt8(ascii: "-") }
            && words.dropFirst().allSatisfy { !$0.isEmpty && $0.allSatisfy(\.isVisible) }
            && line.utf8.count + 6 <= Reply.maximumLineLength
    }
}
