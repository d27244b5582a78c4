import SMTPLoad
import Testing

@Suite struct `The reply scanner` {
    @Test(arguments: [
        ("250 OK\r\n", ReplyScanner.Finding.reply(code: 250, line: 0, end: 8)),
        ("250 OK\r\n250 OK\r\n", .reply(code: 250, line: 0, end: 8)),
        ("250\r\n", .reply(code: 250, line: 0, end: 5)),
        ("220 old server\n", .reply(code: 220, line: 0, end: 15)),
        ("250-a\r\n250-b\r\n250 c\r\n", .reply(code: 250, line: 14, end: 21)),
        ("250-a\r\n550 c\r\n", .reply(code: 550, line: 7, end: 14)),
        ("", .partial(taken: 0)),
        ("2", .partial(taken: 0)),
        ("250 OK\r", .partial(taken: 0)),
        ("250-a\r\n250 ", .partial(taken: 7)),
        ("250-a\r\n", .partial(taken: 7)),
        ("\r\n", .malformed(line: 0, end: 2)),
        ("250\n", .malformed(line: 0, end: 4)),
        ("150 OK\r\n", .malformed(line: 0, end: 8)),
        ("2x0 OK\r\n", .malformed(line: 0, end: 8)),
        ("250OK\r\n", .malformed(line: 0, end: 7)),
        ("250-a\r\nHTTP\r\n", .malformed(line: 7, end: 13)),
    ]) func `tells a reply's code and end`(text: String, finding: ReplyScanner.Finding) {
        #expect(scan(text) == finding)
    }

    @Test func `goes on behind the reply before`() {
        #expect(scan("250 OK\r\n354 go\r\n", from: 8) == .reply(code: 354, line: 8, end: 16))
    }

    @Test func `finds the same wherever the bytes are cut`() {
        let bytes = Array("250-first\r\n250-second\r\n250 third\r\n".utf8)
        for end in 0..<bytes.count {
            guard case .partial(let taken) = scan(bytes.prefix(end)) else {
                Issue.record("no part of the reply is one")
                continue
            }
            // What was taken ends with a line, so that the rest is a reply by itself.
            let rest = bytes.dropFirst(taken)
            #expect(scan(rest) == .reply(code: 250, line: rest.count - 11, end: rest.count))
        }
    }

    @Test func `gives a line up that does not end`() {
        let line = "250 " + String(repeating: "x", count: ReplyScanner.maximumLineLength)
        #expect(scan(line) == .malformed(line: 0, end: line.utf8.count))
    }

    private func scan(_ text: String, from start: Int = 0) -> ReplyScanner.Finding {
        Array(text.utf8).withUnsafeBytes { ReplyScanner.scan($0.bytes, from: start) }
    }

    private func scan(_ bytes: ArraySlice<UInt8>) -> ReplyScanner.Finding {
        bytes.withUnsafeBytes { ReplyScanner.scan($0.bytes, from: 0) }
    }
}
