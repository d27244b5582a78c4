import BlackholePipeline
import BlackholeSMTP
import Testing

/// Any bytes at all: nothing traps, and what comes back makes sense.
struct RandomCommandTests {
    static let tokens: [[UInt8]] =
        Verb.allCases.map { Array($0.name.description.utf8) }
        + [
            "FROM:", "TO:", "from:", "<", ">", "<>", "@", ".", ":", ",", ";", "\"", "\\", "\\\"",
            " ",
            "  ", "\t", "=", "+", "+2B", "-", "[", "]", "[1.2.3.4]", "[IPv6:", "::", "[IPv6:::1]",
            "a", "user", "host.example", "@a,@b:", "postmaster", "SIZE=", "SIZE=1", "BODY=8BITMIME",
            "BODY=", "SMTPUTF8", "RET=FULL", "ENVID=", "ENVID=x", "AUTH=<>", "NOTIFY=NEVER",
            "NOTIFY=SUCCESS,DELAY", "ORCPT=rfc822;", "ORCPT=utf-8;é", "LAST", "0", "1",
            "99999999999",
            "18446744073709551616", "é", "用", "😀", "\r\n", "\n", "\r", "\0", "\u{7f}",
            "<user@host.example>", "MAIL FROM:<", "RCPT TO:<",
            "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "FROM:a@b", "TO:root", "FROM :", "[1.2.3.4] x",
            "BDAT 5 FIRST", "GET", "Host:", " HTTP/1.1",
        ].map { Array($0.utf8) }

    static func line(using random: inout RandomSource) -> [UInt8] {
        let longest = Int.random(in: 0..<20, using: &random) == 0 ? 2048 : 120
        let count = Int.random(in: 0...longest, using: &random)
        let noise = Int.random(in: 0...40, using: &random)
        var line: [UInt8] = []
        switch Int.random(in: 0..<4, using: &random) {
        case 0: line += "MAIL FROM:<a@b>".utf8
        case 1: line += "RCPT TO:<".utf8
        default: break
        }
        while line.count < count {
            if Int.random(in: 0...noise, using: &random) == 0 {
                line.append(.random(in: 0...255, using: &random))
            } else {
                line += tokens[Int.random(in: 0..<tokens.count, using: &random)]
            }
        }
        return Array(line.prefix(2048))
    }

    @Test(arguments: 1...8)
    func `no line of up to 2048 bytes traps, and every range lies within it`(seed: Int) {
        var random = RandomSource(seed: UInt64(seed))
        var accepted = 0
        for _ in 0..<2_500 {
            accepted += check(Self.line(using: &random))
        }
        #expect(accepted > 50)
    }

    @Test func `every line of one or two bytes is taken`() {
        _ = check([])
        for first in 0...255 as ClosedRange<UInt8> {
            _ = check([first])
            for second in 0...255 as ClosedRange<UInt8> { _ = check([first, second]) }
        }
    }

    @Test func `a good line cut at any place or with any byte changed is taken`() {
        let line = Array(
            #"MAIL FROM:<@r:"a \"b"@[IPv6:::1]> SIZE=12 ENVID=a+2Bb AUTH=<> BODY=7BIT"#.utf8)
        for index in line.indices {
            _ = check(Array(line.prefix(index)))
            for byte in 0...255 as ClosedRange<UInt8> {
                var other = line
                other[index] = byte
                _ = check(other)
            }
        }
    }

    /// Parses the line in every way; gives the number of arguments that were accepted.
    private func check(_ bytes: [UInt8]) -> Int {
        let line = bytes.span.bytes
        let command = Command(line)
        var ranges: [Range<Int>?] = [command.verbRange, command.argument]
        var accepted = 0
        if let mail = try? MailCommand(command, in: line) {
            accepted += 1
            ranges += [mail.path, mail.envelopeID, mail.auth]
            if mail.size ?? 0 < 0 { Issue.record("negative size: \(bytes)") }
            if !isMailbox(bytes[mail.path], isUTF8: mail.isUTF8, mayBeEmpty: true) {
                Issue.record("no mailbox: \(bytes)")
            }
            if (try? MailCommand(command, in: line, isLenient: true)) != mail {
                Issue.record("leniency reads it otherwise: \(bytes)")
            }
        }
        if let loose = try? RecipientCommand(
            command, in: line, allowsUTF8: true, isLenient: true)
        {
            ranges += [loose.path, loose.originalRecipient]
            if loose.path.isEmpty || String(validating: bytes[loose.path], as: UTF8.self) == nil {
                Issue.record("no mailbox: \(bytes)")
            }
        }
        for allowsUTF8 in [false, true] {
            let parsed = try? RecipientCommand(command, in: line, allowsUTF8: allowsUTF8)
            guard let parsed else { continue }
            accepted += 1
            ranges += [parsed.path, parsed.originalRecipient]
            if !isMailbox(bytes[parsed.path], isUTF8: allowsUTF8, mayBeEmpty: false) {
                Issue.record("no mailbox: \(bytes)")
            }
        }
        for isLenient in [false, true] {
            let hello = try? HelloCommand(command, in: line, isLenient: isLenient)
            ranges.append(hello?.name)
        }
        if let chunk = try? ChunkCommand(command, in: line), chunk.bytes < 0 {
            Issue.record("negative chunk: \(bytes)")
        }
        for case let range? in ranges where range.lowerBound < 0 || range.upperBound > bytes.count {
            Issue.record("\(range) is outside of the line: \(bytes)")
        }
        return accepted
    }

    /// What holds for each mailbox, whatever its grammar.
    private func isMailbox(
        _ mailbox: ArraySlice<UInt8>, isUTF8: Bool, mayBeEmpty: Bool
    ) -> Bool {
        guard let text = String(validating: mailbox, as: UTF8.self) else { return false }
        if text.isEmpty { return mayBeEmpty }
        let isClean = mailbox.allSatisfy { $0 >= 0x20 && $0 != 0x7f && (isUTF8 || $0 < 0x80) }
        let isPostmaster = !mayBeEmpty && text.lowercased() == "postmaster"
        return isClean && (text.contains("@") || isPostmaster)
    }
}
