internal import BlackholePipeline

/// A way in which a server's reply can be wrong, or unusual: what a client has to bear.
///
/// Some are allowed, if rare (`split`, `dripping`, `late`, `manyLines`); a client must take them for what
/// they say. Of the others it may make what it likes, but not hang for ever, crash, or believe
/// that mail was taken which was not.
public enum ReplyMutation: String, CaseIterable, Sendable {
    /// Each byte by itself, at once.
    case split
    /// Each byte by itself, slowly.
    case dripping
    /// The reply comes some seconds late.
    case late
    /// The reply comes as the last of many lines.
    case manyLines = "many lines"
    /// A line longer than the 512 bytes of RFC 5321 §4.5.3.1.5.
    case overlong = "overlong line"
    /// The same reply twice.
    case twice
    /// Another reply, which nobody has asked for, in the same segment.
    case unsolicited = "unsolicited reply"
    /// No reply; what was not said comes before the next one.
    case merged = "merged with the next"
    /// No reply, now and later.
    case missing
    /// The code of another kind of reply.
    case wrongCode = "wrong code"
    /// Something else than three digits.
    case malformedCode = "malformed code"
    /// The lines of one reply have different codes.
    case mixedCodes = "mixed codes"
    /// An enhanced code that contradicts the code.
    case wrongEnhancedCode = "wrong enhanced code"
    /// Neither a blank nor a hyphen behind the code.
    case separator
    /// The last line says that another one follows.
    case unfinished
    /// An empty line before the reply.
    case emptyLine = "empty line"
    /// Lines that end with LF alone.
    case bareLF = "bare LF"
    /// Lines that end with CR alone.
    case bareCR = "bare CR"
    /// Lines that end with LF CR.
    case reversedEnd = "LF CR"
    /// No line end, and then the end.
    case noEnd = "no line end"
    /// Bytes above 127 that are no UTF-8.
    case eightBit = "eight-bit bytes"
    /// NULs in the text.
    case null = "NUL"
    /// Random bytes before the reply.
    case junk
    /// Random bytes instead of the reply, and then the end.
    case onlyJunk = "junk instead"
    /// The start of the reply, and then the end.
    case cut
    /// The start of the reply, and then a reset.
    case cutAndReset = "cut and reset"
    /// The end, without the reply.
    case end = "closed instead"
    /// A reset, without the reply.
    case reset = "reset instead"
}

/// What is done in the place of a reply, step by step.
enum ReplyStep: Equatable, Sendable {
    case say([UInt8])
    case wait(Duration)
    /// Says this before the next reply.
    case keep([UInt8])
    case silence
    case close
    case reset
}

extension ReplyMutation {
    /// The steps in the place of one or several replies, given with their line ends.
    func steps(for reply: [UInt8], _ random: inout RandomSource) -> [ReplyStep] {
        switch self {
        case .split: reply.flatMap { [.say([$0]), .wait(.zero)] }
        case .dripping:
            reply.prefix(40).flatMap { [.say([$0]), .wait(.milliseconds(50))] }
                + [.say(Array(reply.dropFirst(40)))]
        case .late: [.wait(.seconds(Int.random(in: 1...8, using: &random))), .say(reply)]
        case .twice: [.say(reply + reply)]
        case .unsolicited:
            [.say(reply + Array("\(code(&random)) Nobody has asked for this\r\n".utf8))]
        case .merged: [.keep(reply)]
        case .missing: [.silence]
        case .noEnd: [.say(reply.dropLastLineEnd()), .close]
        case .onlyJunk: [.say(junk(&random)), .close]
        case .cut: [.say(start(of: reply, &random)), .close]
        case .cutAndReset: [.say(start(of: reply, &random)), .wait(.milliseconds(20)), .reset]
        case .end: [.close]
        case .reset: [.reset]
        case .junk: [.say(junk(&random) + reply)]
        case .emptyLine: [.say([0x0D, 0x0A] + reply)]
        case .bareLF: [.say(reply.replacingLineEnds(by: [0x0A]))]
        case .bareCR: [.say(reply.replacingLineEnds(by: [0x0D]))]
        case .reversedEnd: [.say(reply.replacingLineEnds(by: [0x0A, 0x0D]))]
        default: [.say(lines(of: reply, &random))]
        }
    }

    /// The reply with its lines changed.
    private func lines(of reply: [UInt8], _ random: inout RandomSource) -> [UInt8] {
        var lines = reply.lines
        guard let last = lines.indices.last else { return reply }
        let code = Array(lines[last].prefix(3))
        switch self {
        case .manyLines:
            let count = Int.random(in: 1...5_000, using: &random)
            lines.insert(
                contentsOf: Array(repeating: code + "-and more".utf8, count: count), at: last)
        case .overlong:
            let count = Int.random(in: 512...100_000, using: &random)
            lines[last] += repeatElement(UInt8(ascii: "x"), count: count)
        case .wrongCode:
            let other = self.code(&random)
            lines = lines.map { Array("\(other)".utf8) + $0.dropFirst(3) }
        case .malformedCode:
            let codes = ["25", "2500", "000", "999", "-25", "2 0", "abc", "", "+250", "２５０"]
            let other = codes[Int.random(in: 0..<codes.count, using: &random)]
            lines[last].replaceSubrange(0..<code.count, with: other.utf8)
        case .mixedCodes:
            lines.insert(Array("\(self.code(&random))-One thing".utf8), at: last)
            lines.insert(Array("\(self.code(&random))-And another".utf8), at: last)
        case .wrongEnhancedCode:
            let classes = ["2", "4", "5", "9"]
            let digit = classes[Int.random(in: 0..<classes.count, using: &random)]
            lines[last] = code + " \(digit).7.1 Contradicts".utf8
        case .separator:
            let bytes: [UInt8] = [0x09, 0x5F, 0x3A, 0x00, 0x78]
            let byte = bytes[Int.random(in: 0..<bytes.count, using: &random)]
            lines[last] = code + [byte] + lines[last].dropFirst(4)
        case .unfinished: lines[last] = code + "-".utf8 + lines[last].dropFirst(4)
        case .eightBit: lines[last] += [0xC0, 0xAF, 0xFF, 0xFE, 0x80, 0xED, 0xA0, 0x80]
        case .null: lines[last] += [0x00, 0x78, 0x00]
        default: break
        }
        return lines.flatMap { $0 + [0x0D, 0x0A] }
    }

    /// A code that the grammar of replies allows.
    private func code(_ random: inout RandomSource) -> Int {
        Int.random(in: 2...5, using: &random) * 100 + Int.random(in: 0...5, using: &random) * 10
            + Int.random(in: 0...9, using: &random)
    }

    private func junk(_ random: inout RandomSource) -> [UInt8] {
        (0..<Int.random(in: 1...2_000, using: &random)).map { _ in
            UInt8.random(in: 0...255, using: &random)
        }
    }

    private func start(of reply: [UInt8], _ random: inout RandomSource) -> [UInt8] {
        Array(reply.prefix(Int.random(in: 0..<max(1, reply.count), using: &random)))
    }
}

extension [UInt8] {
    /// The lines, without their CRLF.
    fileprivate var lines: [[UInt8]] {
        var lines: [[UInt8]] = []
        var start = 0
        for index in indices.dropLast() where self[index] == 0x0D && self[index + 1] == 0x0A {
            lines.append(Array(self[start..<index]))
            start = index + 2
        }
        return lines
    }

    fileprivate func replacingLineEnds(by end: [UInt8]) -> [UInt8] {
        lines.flatMap { $0 + end }
    }

    fileprivate func dropLastLineEnd() -> [UInt8] {
        Array(suffix(2).elementsEqual([0x0D, 0x0A]) ? dropLast(2) : self[...])
    }
}
