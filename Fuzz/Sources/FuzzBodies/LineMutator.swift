import BlackholePipeline

/// Changes an input by what SMTP consists of: choices, lines, verbs, dots and line ends.
public struct LineMutator {
    private var random: RandomSource
    private var choices: ArraySlice<UInt8>
    private var lines: [[UInt8]]

    /// Reads an input.
    ///
    /// - Parameter choiceCount: the bytes before the first line.
    public init(_ input: [UInt8], choiceCount: Int, seed: UInt64) {
        random = RandomSource(seed: seed)
        choices = input.prefix(choiceCount)
        lines = [[]]
        for byte in input.dropFirst(choiceCount) {
            lines[lines.count - 1].append(byte)
            if byte == 0x0A { lines.append([]) }
        }
    }

    /// The input as it is now.
    public var bytes: [UInt8] { Array(choices) + lines.joined() }

    /// Makes up to four changes.
    public mutating func change() {
        for _ in 0...below(4) { changeOnce() }
    }

    private mutating func changeOnce() {
        let index = below(lines.count)
        switch below(10) {
        case 0:
            guard !choices.isEmpty else { return }
            choices[below(choices.count)] = 0x30 + UInt8(below(16))
        case 1: lines.insert(lines[index], at: below(lines.count + 1))
        case 2: if lines.count > 1 { lines.remove(at: index) }
        case 3: lines.swapAt(index, below(lines.count))
        case 4, 5: lines.insert(phrase(), at: index)
        case 6:
            let start = below(LineMutator.message.count)
            lines.insert(contentsOf: LineMutator.message[start...], at: index)
        case 7: changeEnd(of: index)
        case 8:
            if lines[index].first == 0x2E {
                lines[index].removeFirst()
            } else {
                lines[index].insert(0x2E, at: 0)
            }
        default:
            let argument = lines[index].drop { $0 > 0x20 }
            let verb = phrase().prefix { $0 > 0x20 }
            lines[index] = Array(verb + argument)
        }
    }

    private mutating func changeEnd(of index: Int) {
        while let last = lines[index].last, last == 0x0D || last == 0x0A {
            lines[index].removeLast()
        }
        let ends: [[UInt8]] = [[0x0D, 0x0A], [0x0A], [0x0D], [0x0D, 0x0D, 0x0A], []]
        lines[index] += ends[below(ends.count)]
    }

    private mutating func phrase() -> [UInt8] {
        if below(8) == 0 {
            let count = below(12)
            let end = below(2) == 0 ? "\r\n" : " LAST\r\n"
            return Array("BDAT \(count)\(end)".utf8) + [UInt8](repeating: 0x78, count: count)
        }
        return LineMutator.phrases[below(LineMutator.phrases.count)]
    }

    private mutating func below(_ limit: Int) -> Int { Int(random.next() % UInt64(limit)) }

    private static func lines(_ texts: String...) -> [[UInt8]] {
        texts.map { Array(($0 + "\r\n").utf8) }
    }

    private static let message = lines(
        "EHLO a", "MAIL FROM:<a@b>", "RCPT TO:<c@d>", "RCPT TO:<e@f>", "DATA", "x", ".")

    private static let phrases = lines(
        "EHLO a", "HELO a", "LHLO a", "MAIL FROM:<>", "MAIL FROM:<a@b> SIZE=9 BODY=8BITMIME",
        "MAIL FROM:<a@b> BODY=BINARYMIME SMTPUTF8", "RCPT TO:<c@d>", "RCPT TO:<c@d> NOTIFY=NEVER",
        "DATA", ".", "..", ".x", "", "x", "RSET", "NOOP", "QUIT", "VRFY a", "EXPN a", "HELP",
        "HELP MAIL", "STARTTLS", "AUTH PLAIN AGEAYg==", "AUTH LOGIN", "AUTH CRAM-MD5",
        "AUTH XOAUTH2 dXNlcj1hAWF1dGg9QmVhcmVyIGIBAQ==",
        "AUTH OAUTHBEARER bixhPWEsAWF1dGg9QmVhcmVyIGIBAQ==", "AQ==", "YQ==", "*",
        "XCLIENT NAME=a", "ETRN a", "HELO", "EHLO [192.0.2.7] a 1", "MAIL FROM:a@b",
        "RCPT TO :root", "BDAT 3 x", "BDAT x", "GET / HTTP/1.1", "Host: a")
}
