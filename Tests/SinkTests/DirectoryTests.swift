import BlackholePipeline
import BlackholeRules
import BlackholeSMTP
import BlackholeSink
import Foundation
import Testing

/// What VRFY and EXPN find.
struct DirectoryTests {
    private func say(_ line: String) -> [String] {
        var dialogue = ModeDialogue.begun(ModeSettings())
        return dialogue.say(line)
    }

    @Test(arguments: [
        "pass=user@a.example", "<pass=user@a.example>", "x PASS=1", "ppass=", "papass=",
        "fail=x pass=y",
    ])
    func `VRFY knows what has pass= in it`(argument: String) {
        #expect(say("VRFY \(argument)") == ["250 2.0.0 <pass@mx.example> OK"])
    }

    @Test(arguments: ["fail=user@a.example", "<Fail=user@a.example>", "x FAIL=", "ffail="])
    func `VRFY does not know what has fail= in it`(argument: String) {
        #expect(say("VRFY \(argument)") == ["550 5.7.1 User unknown"])
    }

    @Test(arguments: ["user@a.example", "pass", "pass =", "pas=s", "fai l=", "="])
    func `VRFY cannot tell of others`(argument: String) {
        #expect(say("VRFY \(argument)").codes == [252])
    }

    @Test func `VRFY says no byte of its argument back`() {
        for bytes in ["\u{FC}pass=\u{2028}", String(repeating: "q", count: 400) + "pass="] {
            #expect(say("VRFY \(bytes)") == ["250 2.0.0 <pass@mx.example> OK"])
        }
    }

    private static let list1 = [
        "Shadow <shadow@mx.example>", "Wednesday <wednesday@mx.example>",
        "Low-key Liesmith <low-key.liesmith@mx.example>",
    ]
    private static let list2 = [
        "Jim Holden <jim.holden@mx.example>", "Naomi Nagata <naomi.nagata@mx.example>",
        "Alex Kamal <alex.kamal@mx.example>", "Amos Burton <amos.burton@mx.example>",
    ]
    private static let list3 = [
        "Takeshi Kovacs <takeshi.kovacs@mx.example>",
        "Laurens Bancroft <laurens.bancroft@mx.example>",
        "Kristin Ortega <kristin.ortega@mx.example>",
        "Quellcrist Falconer <quellcrist.falconer@mx.example>",
        "Virginia Vidaura <virginia.vidaura@mx.example>",
        "Reileen Kawahara <reileen.kawahara@mx.example>",
    ]

    static let lists: [(argument: String, members: [String])] = [
        ("list1", list1), ("list2", list2), ("LIST3", list3), ("<list1>", list1),
        ("<LiSt2>", list2), ("all", list1 + list2 + list3), ("<ALL>", list1 + list2 + list3),
    ]

    @Test(arguments: lists)
    func `EXPN names the members of a list`(argument: String, members: [String]) {
        let lines = members.dropLast().map { "250-2.0.0 \($0)" }
        #expect(say("EXPN \(argument)") == lines + ["250 2.0.0 \(members[members.count - 1])"])
    }

    @Test(arguments: [
        "list4", "list", "list11", "<list1", "list1>", "<>", "<", "fail=", "list1 list2",
        "\u{212A}",
        "list1xxxxxxxxxxxxxxxxxxxxx", "<<list1>>",
    ])
    func `EXPN knows no other`(argument: String) {
        #expect(say("EXPN \(argument)") == ["550 5.7.1 Not authorised"])
    }

    static let credentials: [(user: String, password: String, fails: Bool)] = [
        ("u", "p", false), ("", "", false), ("fail=", "", true), ("", "fail=", true),
        ("me@fail=.example", "p", true), ("u", "xFaIl=y", true), ("ffail=", "", true),
        ("fafail=", "", true), ("fail", "=", false), ("pass=", "pass=", false),
    ]

    @Test(arguments: credentials)
    func `authentication fails with fail= in it`(user: String, password: String, fails: Bool) {
        let stacks = SinkStacks(ModeSettings(), SessionSettings(authentication: .offered))
        var loopback = Loopback { _ in stacks.stack() }
        let response = Data("\0\(user)\0\(password)".utf8).base64EncodedString()
        loopback.send("EHLO x\r\nAUTH PLAIN \(response)\r\n")
        let reply = loopback.takeOutput().split(separator: "\r\n").last ?? ""
        #expect(reply.hasPrefix(fails ? "535 5.7.8 Authentication failed" : "235 "))
    }

    /// What is cut short there must not take the next letters with it.
    @Test(arguments: [
        ("/GZhaWw9", true), ("4mZhaWw9", true), ("8J+YZmFpbD0=", true), ("Zvxsbz0=", false),
    ])
    func `authentication fails with fail= among bytes that are not UTF-8`(
        user: String, fails: Bool
    ) {
        let settings = SessionSettings(authentication: .offered)
        let stacks = SinkStacks(ModeSettings(), settings)
        var loopback = Loopback { _ in stacks.stack() }
        loopback.send("EHLO x\r\nAUTH LOGIN \(user)\r\n")
        _ = loopback.takeOutput()
        loopback.send("\r\n")
        #expect(loopback.takeOutput().hasPrefix(fails ? "535 " : "235 "))
    }
}
