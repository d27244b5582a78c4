/// Decides how much of a client's line a log may show: the machine that keeps secrets out of it.
///
/// It goes by the parser's view of a line, as the session does. What the parser does not recognize
/// may be a password too: a client that sends AUTH in a malformed line, or whose AUTH was refused,
/// may send its response all the same.
package struct LineSecrecy: BitwiseCopyable {
    /// The part of a line that may be shown.
    package struct Shown: Equatable {
        /// The first bytes of the line, this many, may be shown.
        package let byteCount: Int
        /// Whether there is more, which a blank stands for.
        package let hidesRest: Bool

        static let nothing = Shown(byteCount: 0, hidesRest: true)
    }

    /// What a log has in the place of what it may not show.
    package static let blank = "********"

    /// Whether the next line is a response to a challenge, whatever it looks like.
    package private(set) var isResponse = false
    /// Whether a line that is no known command may be a response that nobody has asked for.
    private var mayBeResponse = false

    /// Creates the machine of a new connection.
    package init() {}

    /// Returns how much of a line may be shown.
    package mutating func shown(of line: RawSpan, _ command: Command) -> Shown {
        if isResponse { return .nothing }
        if command.verb == .auth { return shown(ofAuth: line, command) }
        if command.verb != .unknown {
            mayBeResponse = false
            return Shown(byteCount: line.byteCount, hidesRest: false)
        }
        if line.mentionsAuth { mayBeResponse = true }
        return mayBeResponse ? .nothing : shown(ofUnknown: line, command)
    }

    /// Of AUTH, the mechanism is shown if it is a known one: any other word may be the response.
    private mutating func shown(ofAuth line: RawSpan, _ command: Command) -> Shown {
        mayBeResponse = true
        guard !command.argument.isEmpty else {
            return Shown(byteCount: line.byteCount, hidesRest: false)
        }
        guard let auth = try? AuthCommand(command, in: line) else {
            return Shown(byteCount: command.argument.lowerBound, hidesRest: true)
        }
        guard let response = auth.initialResponse else {
            return Shown(byteCount: line.byteCount, hidesRest: false)
        }
        return Shown(byteCount: response.lowerBound, hidesRest: true)
    }

    /// Of an unknown command only the word is shown, if it looks like a verb: `PASS hunter2`.
    ///
    /// A line with a control character is shown if a known command stands before the character.
    private func shown(ofUnknown line: RawSpan, _ command: Command) -> Shown {
        guard command.flaw != .control else {
            let head = Command(line.extracting(first: line.firstControl))
            return head.verb == .unknown
                ? .nothing : Shown(byteCount: line.byteCount, hidesRest: false)
        }
        guard line.extracting(command.verbRange).mayBeVerb else { return .nothing }
        return command.argument.isEmpty
            ? Shown(byteCount: line.byteCount, hidesRest: false)
            : Shown(byteCount: command.argument.lowerBound, hidesRest: true)
    }

    /// A line that was too long may have been AUTH, or a response.
    package mutating func passOverlongLine() {
        mayBeResponse = true
    }

    /// Takes notice of the code of a reply.
    package mutating func note(_ code: String) {
        isResponse = code == "334"
    }
}

extension RawSpan {
    /// Whether the letters of the line, whatever stands between them, hold `auth`.
    fileprivate var mentionsAuth: Bool {
        withUnsafeBytes { bytes in
            var matched = 0
            for byte in bytes where byte.isLetter {
                let word: StaticString = "AUTH"
                if byte.uppercased != word.utf8Start[matched] { matched = 0 }
                if byte.uppercased == word.utf8Start[matched] { matched += 1 }
                if matched == word.utf8CodeUnitCount { return true }
            }
            return false
        }
    }

    /// Whether the word is as long as a verb at most, and of letters alone; an empty one is.
    fileprivate var mayBeVerb: Bool {
        byteCount <= 8 && withUnsafeBytes { $0.allSatisfy(\.isLetter) }
    }

    /// The offset of the first control character; the length if there is none.
    fileprivate var firstControl: Int {
        withUnsafeBytes { bytes in
            bytes.firstIndex { $0 < 0x20 && $0 != 0x09 || $0 == 0x7F } ?? bytes.count
        }
    }
}
