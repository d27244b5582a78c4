import Glibc
import NIOCore

/// What is said on one connection: commands and content go in, replies come out.
struct NIODialogue {
    private enum Phase {
        case commands
        /// Content up to its end, of which so many bytes have been seen last.
        case data(matched: Int)
        /// A chunk of which so many bytes are to come.
        case chunk(left: Int)
    }

    private static let ending: StaticString = "\r\n.\r\n"
    private static let maximumLineLength = 2048

    private var phase = Phase.commands

    /// Reads all that is whole; what is left in the input is the beginning of a command.
    ///
    /// - Returns: whether the dialogue goes on.
    mutating func read(_ input: inout ByteBuffer, replies: inout ByteBuffer) -> Bool {
        while true {
            switch phase {
            case .commands:
                guard let line = input.readableBytesView.firstIndex(of: UInt8(ascii: "\n")) else {
                    return input.readableBytes <= Self.maximumLineLength
                }
                guard obey(input, to: line, &replies) else { return false }
                input.moveReaderIndex(to: line + 1)
            case .data(let matched):
                let matched = Self.skipContent(of: &input, matched: matched)
                guard matched == Self.ending.utf8CodeUnitCount else {
                    phase = .data(matched: matched)
                    return true
                }
                phase = .commands
                replies.writeStaticString("250 2.0.0 OK\r\n")
            case .chunk(let left):
                let count = min(left, input.readableBytes)
                input.moveReaderIndex(forwardBy: count)
                guard count == left else {
                    phase = .chunk(left: left - count)
                    return true
                }
                phase = .commands
                replies.writeStaticString("250 2.0.0 OK\r\n")
            }
        }
    }

    /// Obeys the command that the input begins with.
    private mutating func obey(
        _ input: ByteBuffer, to end: Int, _ replies: inout ByteBuffer
    ) -> Bool {
        let start = input.readerIndex
        // In capitals.
        let verb = (input.getInteger(at: start, as: UInt32.self) ?? 0) & 0xDFDF_DFDF
        switch verb {
        case Verb.mail, Verb.rcpt, Verb.rset, Verb.noop:
            replies.writeStaticString("250 2.0.0 OK\r\n")
        case Verb.data:
            phase = .data(matched: 2)  // A dot in the first line ends the content, too.
            replies.writeStaticString("354 Go on\r\n")
        case Verb.bdat:
            guard let count = Self.number(in: input, from: start + 5, to: end) else {
                replies.writeStaticString("501 5.5.4 How many?\r\n")
                return false
            }
            phase = .chunk(left: count)
        case Verb.ehlo:
            replies.writeStaticString("250-nio.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n")
            replies.writeStaticString("250-ENHANCEDSTATUSCODES\r\n250 CHUNKING\r\n")
        case Verb.helo:
            replies.writeStaticString("250 nio.example\r\n")
        case Verb.quit:
            replies.writeStaticString("221 2.0.0 Bye\r\n")
            return false
        default:
            replies.writeStaticString("500 5.5.2 What?\r\n")
        }
        return true
    }

    /// Skips content up to its end.
    ///
    /// - Returns: how many bytes of the ending the content has come to.
    private static func skipContent(of input: inout ByteBuffer, matched: Int) -> Int {
        var matched = matched
        let count = input.withUnsafeReadableBytes { bytes in
            guard let base = bytes.baseAddress else { return 0 }
            var index = 0
            while index < bytes.count && matched < ending.utf8CodeUnitCount {
                if matched == 0 {
                    let rest = bytes.count - index
                    guard let found = memchr(base + index, 13, rest) else { return bytes.count }
                    index = UnsafeRawPointer(found) - base
                }
                if bytes[index] == ending.utf8Start[matched] {
                    matched += 1
                } else {
                    matched = bytes[index] == 13 ? 1 : 0
                }
                index += 1
            }
            return index
        }
        input.moveReaderIndex(forwardBy: count)
        return matched
    }

    private static func number(in input: ByteBuffer, from start: Int, to end: Int) -> Int? {
        var number: Int?
        for index in start..<max(start, end) {
            guard let byte = input.getInteger(at: index, as: UInt8.self),
                byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9"), (number ?? 0) < 1 << 40
            else { break }
            number = (number ?? 0) * 10 + Int(byte - UInt8(ascii: "0"))
        }
        return number
    }
}

/// The verbs, four letters as one number.
private enum Verb {
    static let ehlo: UInt32 = 0x4548_4C4F
    static let helo: UInt32 = 0x4845_4C4F
    static let mail: UInt32 = 0x4D41_494C
    static let rcpt: UInt32 = 0x5243_5054
    static let data: UInt32 = 0x4441_5441
    static let bdat: UInt32 = 0x4244_4154
    static let rset: UInt32 = 0x5253_4554
    static let noop: UInt32 = 0x4E4F_4F50
    static let quit: UInt32 = 0x5155_4954
}
