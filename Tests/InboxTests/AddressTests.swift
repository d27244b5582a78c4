import BlackholeInbox
import Testing

/// RFC 5322 §3.4 and §4.4.
@Suite struct Addresses {
    private typealias Address = MIMEMessage.Address

    private func message(_ value: String) -> MIMEMessage {
        MIMEMessage(Array("To: \(value)\r\n\r\n".utf8))
    }

    @Test(arguments: [
        ("a@b", ["a@b"]), ("<a@b>", ["a@b"]), ("Ann <a@b>, c@d", ["Ann <a@b>", "c@d"]),
        ("\"Smith, Jane\" <j@x>", ["Smith, Jane <j@x>"]),
        ("John Q. Public <j@x>", ["John Q. Public <j@x>"]),
        ("\"a \\\"b\\\" \\\\c\" <j@x>", ["a \"b\" \\c <j@x>"]), ("a@b (Ann, (really))", ["a@b"]),
        ("(c) Ann (d) <(e) a@b (f)> (g)", ["Ann <a@b>"]), ("\"a b\"@c", ["\"a b\"@c"]),
        ("Odd <\"a> x\"@b>", ["Odd <\"a> x\"@b>"]),
        ("a@[192.0.2.1], b@[IPv6:::1]", ["a@[192.0.2.1]", "b@[IPv6:::1]"]),
        ("=?utf-8?q?=C3=84nn=2C_B?= <a@b>", ["Änn, B <a@b>"]),
        ("\"=?utf-8?q?=C3=84?=\" <a@b>", ["Ä <a@b>"]),
        ("=?utf-8?q?A?= =?utf-8?q?B?= c <a@b>", ["AB c <a@b>"]),
        ("Jörg <jörg@exämple.org>", ["Jörg <jörg@exämple.org>"]),
        ("a@b <c@d>", ["a@b <c@d>"]), ("Group: a@b, C <c@d>; e@f", ["a@b", "C <c@d>", "e@f"]),
        ("nobody:;", []), ("", []), ("(c)", []),
    ]) func `are read in the forms of today`(value: String, addresses: [String]) {
        let message = message(value)
        #expect(message.to.map(\.description) == addresses)
        #expect(!message.defects.contains(.badAddress))
    }

    @Test(arguments: [
        (",, a@b, , c@d,", ["a@b", "c@d"]), ("a . b @ c . d", ["a.b@c.d"]),
        ("Ann <@x,@y:a@b>", ["Ann <a@b>"]),
        ("Ann < a @\r\n b >", ["Ann <a@b>"]),
    ]) func `are read in the forms of RFC 822`(value: String, addresses: [String]) {
        let message = message(value)
        #expect(message.to.map(\.description) == addresses)
        #expect(!message.defects.contains(.badAddress))
    }

    @Test(arguments: [
        ("Ann <a@b, c@d", ["Ann <a@b>", "c@d"]), ("Ann a@b", ["Ann <a@b>"]),
        ("a@b; c@d", ["a@b", "c@d"]),
        ("\"Ann <a@b>", ["\"Ann <a@b>"]), ("(Ann <a@b>", ["(Ann <a@b>"]), ("a@b>", ["a@b"]),
        ("<a@b> <c@d>", ["a@b", "c@d"]),
        ("A <a@b> B <c@d> C", ["A <a@b>", "B <c@d>"]), ("root", ["root"]),
        ("Jane Doe", ["Jane Doe <>"]),
        ("<>", []),
        ("(c): ;", []), ("g: h: a@b;, c@d", ["a@b", "c@d"]), ("mailto:a@b", ["a@b"]),
        ("a@[b", ["a@[b]"]),
        ("Ann <a@b>: c@d", ["Ann <a@b>", "c@d"]),
    ]) func `that are broken are read as far as that goes`(value: String, addresses: [String]) {
        #expect(message(value).to.map(\.description) == addresses)
    }

    @Test(arguments: [
        "Ann <a@b", "Ann a@b", "a@b; c@d", "\"Ann <a@b>,x", "a@b>", "root", "<>", "g: h: a@b;",
        "A <a@b> B",
        "a@[b",
    ])
    func `that are broken are a defect`(value: String) {
        #expect(message(value).defects.contains(.badAddress))
    }

    @Test func `come from all fields but the sender's`() {
        let message = MIMEMessage(
            Array(
                """
                From: a@x
                Sender: s@x, t@x
                Reply-To: r@x
                To: b@x
                Cc: c@x
                To: d@x
                Bcc: e@x


                """.utf8))
        #expect(message.from == [Address("a@x")])
        #expect(message.sender == Address("s@x"))
        #expect(message.replyTo == [Address("r@x")])
        #expect(message.to == [Address("b@x"), Address("d@x")])
        #expect(message.cc == [Address("c@x")])
        #expect(message.bcc == [Address("e@x")])
    }
}
