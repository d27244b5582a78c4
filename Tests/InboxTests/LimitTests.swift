import BlackholeInbox
import Testing

@Suite struct `A limit of the reader of messages` {
    private func message(
        _ text: String, _ change: (inout MIMEMessage.Limits) -> Void = { _ in }
    ) -> MIMEMessage {
        var limits = MIMEMessage.Limits()
        change(&limits)
        return MIMEMessage(Array(text.utf8), limits: limits)
    }

    /// Multiparts within each other, the innermost with a text.
    private func nested(_ count: Int) -> String {
        (0..<count).map { "Content-Type: multipart/mixed; boundary=b\($0)\r\n\r\n--b\($0)\r\n" }
            .joined()
            + "\r\nbottom\r\n" + (0..<count).reversed().map { "--b\($0)--\r\n" }.joined()
    }

    @Test func `is 100 levels of parts`() {
        let inside = message(nested(99))
        #expect(inside.text == "bottom")
        #expect(inside.parts.count == 99)
        #expect(inside.defects == [])
        let beyond = message(nested(100))
        #expect(beyond.text == "")
        #expect(beyond.parts.count == 99)
        #expect(beyond.attachments.map(\.contentType) == ["multipart/mixed"])
        #expect(beyond.defects == [.tooDeep])
        #expect(message(nested(20_000)).defects.contains(.tooDeep))
        #expect(message(nested(2)) { $0.levels = 2 }.defects == [.tooDeep])
    }

    @Test func `is 10,000 parts`() {
        func parts(_ count: Int) -> String {
            "Content-Type: multipart/mixed; boundary=a\r\n\r\n"
                + String(repeating: "--a\r\n\r\nx\r\n", count: count) + "--a--\r\n"
        }
        #expect(message(parts(9_999)).parts.count == 9_999)
        #expect(message(parts(9_999)).defects == [])
        #expect(message(parts(10_000)).parts.count == 9_999)
        #expect(message(parts(10_000)).parts.last?.text == "x")
        #expect(message(parts(10_000)).defects == [.tooManyParts])
        #expect(message(parts(2)) { $0.parts = 0 }.parts.map(\.id) == ["0"])
    }

    @Test func `is 1 MiB of header fields`() {
        func header(_ count: Int) -> String {
            "A: \(String(repeating: "a", count: count - 3))\r\nB: b\r\n\r\nbody"
        }
        let inside = message(header((1 << 20) - 6))
        #expect(inside.headers.map(\.name) == ["A", "B"])
        #expect(inside.defects == [])
        let beyond = message(header((1 << 20) - 5))
        #expect(beyond.headers.map(\.name) == ["A"])
        #expect(beyond.text == "body")
        #expect(beyond.defects == [.headerTooLarge])
        let folded = message("A: b\r\n \(header(30))") { $0.headerBytes = 20 }
        #expect(folded.headers.isEmpty)
        #expect(folded.text == "body")
    }

    @Test func `is 10,000 header fields`() {
        func header(_ count: Int) -> String {
            String(repeating: "A: b\r\n", count: count) + "\r\nbody"
        }
        #expect(message(header(10_000)).headers.count == 10_000)
        #expect(message(header(10_000)).defects == [])
        #expect(message(header(10_001)).headers.count == 10_000)
        #expect(message(header(10_001)).text == "body")
        #expect(message(header(10_001)).defects == [.tooManyFields])
        #expect(message("A: b\r\nC: d\r\n e\r\n\r\n") { $0.fields = 1 }["A"] == "b")
    }

    @Test func `is 10,000 addresses`() {
        func list(_ count: Int) -> String { (0..<count).map { "a\($0)@b" }.joined(separator: ", ") }
        #expect(message("To: \(list(10_000))\r\n\r\n").to.count == 10_000)
        #expect(message("To: \(list(10_000))\r\n\r\n").defects == [])
        #expect(message("To: \(list(10_001))\r\n\r\n").to.count == 10_000)
        #expect(message("To: \(list(10_001))\r\n\r\n").defects == [.tooManyAddresses])
        let several = message("To: a@b, c@d\r\nTo: e@f\r\nCc: g@h\r\n\r\n") { $0.addresses = 2 }
        #expect(several.to.map(\.address) == ["a@b", "c@d"])
        #expect(several.cc.map(\.address) == ["g@h"])
        #expect(several.defects == [.tooManyAddresses])
    }
}
