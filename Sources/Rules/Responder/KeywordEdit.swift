/// A change to what EHLO announces.
package enum KeywordEdit: Hashable, Sendable {
    /// Announces a keyword with its parameters, in place of one that is there.
    case announce(String)
    /// Announces a keyword no more.
    case hide(String)
}

extension KeywordEdit {
    /// Changes the reply to EHLO: its first line greets, each of the others has a keyword.
    ///
    /// A reply of another code stays as it is.
    static func apply(_ edits: [KeywordEdit], to reply: [UInt8]) -> [UInt8] {
        guard reply.starts(with: "250".utf8) else { return reply }
        var lines: [ArraySlice<UInt8>] = []
        for line in reply.split(separator: 0x0A) {
            lines.append(line.dropFirst(4).dropLast(line.last == 0x0D ? 1 : 0))
        }
        for edit in edits {
            switch edit {
            case .announce(let text):
                let line = Array(text.utf8)[...]
                if let place = lines.dropFirst().firstIndex(where: { $0.keyword == line.keyword }) {
                    lines[place] = line
                } else {
                    lines.append(line)
                }
            case .hide(let keyword):
                let keyword = Array(keyword.utf8)[...].keyword
                let kept = lines.dropFirst().filter { $0.keyword != keyword }
                lines = lines.prefix(1) + kept
            }
        }
        var bytes: [UInt8] = []
        for (index, line) in lines.enumerated() {
            bytes += "250\(index + 1 < lines.count ? "-" : " ")".utf8
            bytes += line
            bytes += [0x0D, 0x0A]
        }
        return bytes
    }
}

extension ArraySlice<UInt8> {
    /// The keyword of a line, in small letters.
    fileprivate var keyword: [UInt8] { prefix { $0 != 0x20 }.map(\.small) }
}
