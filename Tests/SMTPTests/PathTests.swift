import BlackholeSMTP
import Testing

/// Paths as both commands take them; the parameters have tests of their own.
struct PathTests {
    @Test(arguments: [
        ("<a@b>", "a@b"),
        ("<user@host.example>", "user@host.example"),
        ("<User.Name+tag@Host.Example>", "User.Name+tag@Host.Example"),
        ("<!#$%&'*+-/=?^_`{|}~0aZ@b>", "!#$%&'*+-/=?^_`{|}~0aZ@b"),
        ("<a@1.2.3.4>", "a@1.2.3.4"),
        ("<a@b-c.d--e.0>", "a@b-c.d--e.0"),
        ("<a@_b.c_.d_e>", "a@_b.c_.d_e"),
        ("<a@xn--bcher-kva.example>", "a@xn--bcher-kva.example"),
        (#"<"a"@b>"#, #""a"@b"#),
        (#"<""@b>"#, #"""@b"#),
        (#"<"a b"@c>"#, #""a b"@c"#),
        (#"<"a>b"@c>"#, #""a>b"@c"#),
        (#"<"a@b"@c>"#, #""a@b"@c"#),
        (#"<"a\"b"@c>"#, #""a\"b"@c"#),
        (#"<"\\"@c>"#, #""\\"@c"#),
        (#"<"\ \>\@"@c>"#, #""\ \>\@"@c"#),
        (#"<".a..b."@c>"#, #"".a..b."@c"#),
        (#"<"<a@b> SIZE=1"@c>"#, #""<a@b> SIZE=1"@c"#),
        ("<@a:b@c>", "b@c"),
        ("<@a.example,@b.example:user@c.example>", "user@c.example"),
        (#"<@a,@b,@c:"d e"@[1.2.3.4]>"#, #""d e"@[1.2.3.4]"#),
        ("<a@[1.2.3.4]>", "a@[1.2.3.4]"),
        ("<a@[IPv6:::1]>", "a@[IPv6:::1]"),
        ("<a@[x-tag:some!content]>", "a@[x-tag:some!content]"),
        ("<postmaster@b>", "postmaster@b"),
    ])
    func `a path holds its mailbox`(path: String, mailbox: String) throws {
        for blanks in ["", " ", "\t", " \t  "] {
            #expect(try mail("FROM:" + blanks + path)[\.path] == mailbox)
            #expect(try recipient("TO:" + blanks + path)[\.path] == mailbox)
            #expect(try recipient("to:" + blanks + path + " ")[\.path] == mailbox)
        }
    }

    @Test(arguments: [
        "< >", "<a>", "<@>", "<a@>", "<@b>", "<a@b@c>", "<<a@b>>", "< a@b>", "<a@b >", "<a b@c>",
        "<a\t@b>", "<.a@b>", "<a.@b>", "<a..b@c>", "<.@b>", "<a,b@c>", "<a:b@c>", "<a(c)@b>",
        #"<a\b@c>"#, "<a;b@c>", "<[a]@b>", #"<a"b"@c>"#, #"<"a"b@c>"#, #"<"a".b@c>"#,
        #"<"a@b>"#, #"<"a""b"@c>"#, #"<"a\"@b>"#, "<\"a\tb\"@c>", "<\"a\\\tb\"@c>", #"<"a">"#,
        "<a@b.>", "<a@.b>", "<a@b..c>", "<a@.>", "<a@-b>", "<a@b->", "<a@b.-c>", "<a@b-.c>",
        "<a@b c>", "<a@b,c>", "<a@b/c>", "<a@b+c>", "<a@\"b\">", "<a@b:25>",
        "<@a:>", "<@a:b>", "<@a@b:c@d>", "<@a,b:c@d>", "<@a,:c@d>", "<@a,@:c@d>", "<@:c@d>",
        "<@a b@c>", "<@a, @b:c@d>", "<@[1.2.3.4]:a@b>", "<@a:@b:c@d>", "<@a.:b@c>",
        "<a@[]>", "<a@[1.2.3.4>", "<a@1.2.3.4]>", "<a@[1.2.3.4]b>", "<a@[1.2.3.4].b>",
        "<a@[[1.2.3.4]]>", "<\"postmaster\">", "<postmaster@>", "<@a:postmaster>", "<postmaste>",
        "<postmasters>", "<post.master>",
    ])
    func `a malformed mailbox is refused as such`(path: String) {
        #expect(throws: ArgumentError.reversePath) { try mail("FROM:" + path) }
        #expect(throws: ArgumentError.reversePath) { try mail("FROM:" + path + " FOO SIZE=x") }
        #expect(throws: ArgumentError.forwardPath) { try recipient("TO:" + path) }
        #expect(throws: ArgumentError.forwardPath) { try recipient("TO:" + path + " FOO NOTIFY=x") }
    }

    @Test(arguments: [
        "", "<a@b>", ":<a@b>", "FROM", "FROM:", "TO:", "FROM: ", "FROM<a@b>", "FROM :<a@b>",
        "TO :<a@b>", "FROM:a@b", "TO:a@b", "FROM:a@b>", "FROM:<", "TO:<", "FROM:<a@b", "TO:<a@b",
        "FROM:<a@b SIZE=1", "FROM:<\"a@b", "FROM:<a@b>x", "TO:<a@b>x", "FROM:<a@b>SIZE=1",
        "FROM:<>x", "FROM:<>,<>", "FROM:<a@b>,<c@d>", "TO:<a@b><c@d>", "FROMM:<a@b>", "FRO:<a@b>",
        "FROM=<a@b>", "FROM:\u{b}<a@b>", "FROM:(x)<a@b>", "FROM:Name <a@b>", "FROM:\"N\" <a@b>",
        "FROM: : <a@b>", "FROM:<a@b>:", "TOO:<a@b>", "FROM:<é@b", "TO:é", "FROM:＜a@b＞",
    ])
    func `what is no path in brackets is a syntax error`(argument: String) {
        #expect(throws: ArgumentError.syntax) { try mail(argument) }
        #expect(throws: ArgumentError.syntax) { try recipient(argument) }
    }

    @Test func `each command wants its own word before the path`() {
        #expect(throws: ArgumentError.syntax) { try mail("TO:<a@b>") }
        #expect(throws: ArgumentError.syntax) { try recipient("FROM:<a@b>") }
    }

    @Test func `the words before the path may be in any mixture of cases`() throws {
        for mask in 0..<16 {
            #expect(try mail("FROM".inCase(mask) + ":<a@b>")[\.path] == "a@b")
            #expect(try recipient("TO".inCase(mask & 3) + ":<a@b>")[\.path] == "a@b")
        }
    }

    @Test func `only a sender may be nobody`() throws {
        let parsed = try mail("FROM:<>")
        #expect(parsed.value.path == 11..<11)
        #expect(try mail("FROM: <> SIZE=1").value.path == 12..<12)
        #expect(throws: ArgumentError.forwardPath) { try recipient("TO:<>") }
        #expect(throws: ArgumentError.forwardPath) { try recipient("TO:<> FOO") }
    }

    @Test func `the postmaster needs no domain, in any mixture of cases`() throws {
        for mask in 0..<1024 {
            let name = "postmaster".inCase(mask)
            #expect(try recipient("TO:<\(name)>")[\.path] == name)
        }
        #expect(throws: ArgumentError.reversePath) { try mail("FROM:<postmaster>") }
    }

    /// The 64 bytes of a local part, the 255 of a domain and the 256 of a path are the least that
    /// RFC 5321 §4.5.3.1 wants accepted.
    @Test(arguments: [63, 64, 65, 254, 255, 256, 257, 1000, 2000])
    func `a path may be as long as its line`(count: Int) throws {
        let label = String(63, "d")
        func filled(_ start: String, _ unit: String, _ end: String) -> String {
            start + String(max(1, (count - start.utf8.count) / unit.utf8.count), unit) + end
        }
        for mailbox in [
            filled("a", "x", "@b"), filled(#"""#, " ", #""@b"#), filled("", "a.", "a@b"),
            filled("a", "é", "@b"), filled("a@", "x", ""), filled("a@", label + ".", "d"),
            filled("a@[x:", "y", "]"), filled("a@", "é", ".b"),
        ] {
            for route in ["", filled("@", "x", ":"), filled("@a", ",@b", ":")] {
                let path = "<\(route)\(mailbox)>"
                #expect(try mail("FROM:\(path) SMTPUTF8")[\.path] == mailbox)
                #expect(try recipient("TO:\(path)", allowsUTF8: true)[\.path] == mailbox)
            }
        }
    }
}
