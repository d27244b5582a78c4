import BlackholeSMTP
import Testing

/// Paths of senders that nobody can change.
struct LoosePathTests {
    /// What follows FROM or TO, and the mailbox in it.
    static let rows: [(String, String)] = [
        (":a@b", "a@b"), (": a@b", "a@b"), (":\ta@b ", "a@b"), (" :<a@b>", "a@b"),
        (" \t: <a@b>", "a@b"), (" :a@b", "a@b"), (":<root>", "root"), (":root", "root"),
        (":<a@b.example.>", "a@b.example."), (":a@b.example.", "a@b.example."),
        (":< a@b>", "a@b"), (":<a@b >", "a@b"), (":<\ta@b \t>", "a@b"), (":<a..b@c>", "a..b@c"),
        (":<.a.@c>", ".a.@c"), (":<a@-b>", "a@-b"), (":<a@b:25>", "a@b:25"), (":<@b>", "@b"),
        (":<a@[::1]>", "a@[::1]"), (":<a(c)@b>", "a(c)@b"), (":<a@b@c>", "a@b@c"),
        (":<@a,@b:root>", "root"), (":@a:b@c", "b@c"), (":<@a,b:c@d>", "@a,b:c@d"),
        (#":"a b"@c"#, #""a b"@c"#), (#":<"a> b">"#, #""a> b""#), (#":<a"b c"d@e>"#, #"a"b c"d@e"#),
        (#":a\b@c"#, #"a\b@c"#), (":postmaster", "postmaster"),
    ]

    @Test(arguments: rows)
    func `a loose path holds its mailbox`(argument: String, mailbox: String) throws {
        let sender = "FROM" + argument
        let recipient = "TO" + argument
        #expect(try mail(sender, isLenient: true)[\.path] == mailbox)
        #expect(try SMTPTests.recipient(recipient, isLenient: true)[\.path] == mailbox)
        let parsed = try mail(sender + " SIZE=5 BODY=8BITMIME", isLenient: true)
        #expect(parsed[\.path] == mailbox)
        #expect(parsed[\.parameters] == "SIZE=5 BODY=8BITMIME" && parsed.value.size == 5)
        let other = try SMTPTests.recipient(recipient + "\tNOTIFY=NEVER", isLenient: true)
        #expect(other[\.path] == mailbox && other.value.notify == .never)
    }

    @Test(arguments: rows.dropLast())
    func `a loose path is an error where leniency is not asked for`(
        argument: String, mailbox: String
    ) {
        #expect(throws: ArgumentError.self) { try mail("FROM" + argument) }
        #expect(throws: ArgumentError.self) { try recipient("TO" + argument) }
    }

    @Test(arguments: [
        "", ":", ": ", ":<", ":<a@b", ":a@b>", ":<a b@c>", ":<a@b> <c@d>", ":<<a@b>>", ":a<b>",
        #":"a@b"#, #":<"a@b>"#, ":Name <a@b>", ":<a@b>x", ":a@b SIZE:1", "<a@b>", " a@b", ";<a@b>",
    ])
    func `what has no mailbox, or more than one, is an error`(argument: String) {
        #expect(throws: ArgumentError.self) { try mail("FROM" + argument, isLenient: true) }
        #expect(throws: ArgumentError.self) { try recipient("TO" + argument, isLenient: true) }
    }

    @Test func `only a sender in brackets may be nobody`() throws {
        #expect(try mail("FROM:<>", isLenient: true)[\.path] == "")
        #expect(try mail("FROM :< >", isLenient: true)[\.path] == "")
        #expect(throws: ArgumentError.forwardPath) { try recipient("TO:<>", isLenient: true) }
        #expect(throws: ArgumentError.forwardPath) { try recipient("TO:< >", isLenient: true) }
    }

    @Test func `a loose path is UTF-8, which SMTPUTF8 has to allow`() throws {
        #expect(throws: ArgumentError.nonASCIIReversePath) { try mail("FROM:é", isLenient: true) }
        #expect(try mail("FROM:é SMTPUTF8", isLenient: true)[\.path] == "é")
        #expect(throws: ArgumentError.nonASCIIForwardPath) {
            try recipient("TO:<é>", isLenient: true)
        }
        #expect(throws: ArgumentError.forwardPath) {
            try recipient(Array("TO:<".utf8) + [0xFF, 0x3E], allowsUTF8: true, isLenient: true)
        }
        #expect(throws: ArgumentError.syntax) {
            try recipient(Array("TO:".utf8) + [0xFF], allowsUTF8: true, isLenient: true)
        }
    }

    @Test func `a loose path may be as long as its line`() throws {
        let name = String(2000, "x")
        #expect(try mail("FROM:\(name)", isLenient: true)[\.path] == name)
        #expect(try recipient("TO:<\(name)>", isLenient: true)[\.path] == name)
    }
}
