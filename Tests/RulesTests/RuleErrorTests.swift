import BlackholeRules
import Testing

/// What a wrong rule is answered: the column, what is wrong and what was probably meant.
@Suite struct RuleErrorTests {
    static let faults: [(text: String, error: String)] = [
        ("", "column 1: there is no rule; STAGE -> STEP"),
        ("# rcpt -> 450", "column 1: this is a comment, not a rule"),
        ("rctp -> 450", "column 1: unknown stage 'rctp'; did you mean 'rcpt'?"),
        ("ehlo -> 450", "column 1: unknown stage 'ehlo'; did you mean 'helo'?"),
        ("-> 450", "column 1: the stage is missing"),
        ("to=x -> 450", "column 1: the stage is missing; a rule begins with its name or stage"),
        ("rcpt-> 450", "column 5: a blank is missing before '->'"),
        ("it's: rcpt -> 450", "column 1: 'it's:' is not a name; a name with such characters"),
        ("\"\": rcpt -> 450", "column 1: the name is empty"),
        ("\"a: rcpt -> 450", "column 1: the closing quote is missing"),
        ("\"a\" rcpt -> 450", "column 4: ':' is missing after the name"),
        ("rcpt", "column 5: '->' is missing"),
        ("rcpt 450", "column 6: '->' is missing before '450'"),
        ("rcpt too=x -> 450", "column 6: unknown test 'too'; did you mean 'to'?"),
        ("rcpt To=x -> 450", "column 6: unknown test 'To'; did you mean 'to'?"),
        ("rcpt rcpt=x -> 450", "column 6: unknown test 'rcpt'; did you mean 'to'?"),
        ("connect ip=x -> 450", "column 9: unknown test 'ip'; did you mean 'peer'?"),
        ("rcpt mail -> 450", "column 6: 'mail' is a second stage; a rule has one"),
        ("rcpt to -> 450", "column 8: 'to' has no value; write 'to='"),
        ("rcpt to = x -> 450", "column 8: a blank before '='; write 'to=' and the value"),
        ("rcpt to= -> 450", "column 9: 'to' has no value"),
        ("mail user= -> 450", "column 11: 'user' has no value; write 'user=none' without"),
        ("rcpt recipients>=5 -> 450", "unknown comparison; did you mean 'recipients>4'?"),
        ("rcpt recipients<=5 -> 450", "unknown comparison; did you mean 'recipients<6'?"),
        ("rcpt to==x -> 450", "column 8: unknown comparison; did you mean 'to='?"),
        ("rcpt to>x -> 450", "column 8: 'to' is not a number; it is compared by '=' and '!='"),
        ("rcpt to!x -> 450", "column 8: '!' without '='; did you mean 'to!='?"),
        ("rcpt to=none -> 450", "column 9: 'to' is never absent"),
        ("mail from=<> -> 450", "column 11: the null path is 'none'; did you mean 'from=none'?"),
        ("mail tls=true -> 450", "or a version such as TLSv1.3; did you mean 'yes'?"),
        ("rcpt to=\"a b@x -> 450", "column 9: the closing quote is missing"),
        ("rcpt to=@/etc/list -> 450", "column 9: a list in a file is not allowed here"),
        ("connect peer=10.0.0.0/33 -> 421", "column 23: '33' is not the length of a prefix (0–32)"),
        ("connect peer=10.0.0/8 -> 421", "column 14: '10.0.0' is not an address"),
        ("rcpt recipients>many -> 450", "column 17: 'many' is not a number from 0 up"),
        (
            "mail size>5m -> 552",
            "column 12: 'm' is minutes, not a unit of sizes; did you mean '5M'?"
        ),
        ("mail size>5mb -> 552", "did you mean '5M'?"),
        ("mail size>5K -> 552", "column 12: 'K' is not a unit of sizes; did you mean '5k'?"),
        // What the stage cannot know.
        ("connect to=x -> 421", "column 9: 'connect' cannot know 'to'; it is known at rcpt, data"),
        ("mail to=x -> 450", "column 6: 'mail' cannot know 'to'; did you mean 'from', or 'rcpt'?"),
        ("mail bytes>5 -> 450", "column 6: 'mail' cannot know 'bytes'; did you mean 'size'?"),
        (
            "rcpt header.X=1 -> 450",
            "column 6: 'rcpt' cannot know 'header.X'; it is known at message"
        ),
        ("mail password=x -> 450", "column 6: 'mail' cannot know 'password'; it is known at auth"),
        ("starttls sni=x -> 454", "column 10: 'starttls' knows 'sni' only to choose a certificate"),
        ("helo per=to first=1 -> 450", "column 10: 'helo' cannot know 'to'"),
        ("mail -> 450 {to}", "column 13: 'mail' cannot know '{to}'; it is known at rcpt, data"),
        ("mail -> certificate expired", "column 9: 'mail' is too late for a certificate"),
        // Paces.
        ("rcpt every=0 -> 450", "column 12: '0' is not a number from 1 up"),
        ("rcpt first=-1 -> 450", "column 12: '-1' is not a number from 1 up"),
        ("rcpt first=99999999999999999999 -> 450", "column 12: '99999999999999999999' is not a"),
        ("rcpt chance=1.5 -> 450", "column 13: '1.5' is not a chance from 0 to 1"),
        ("rcpt chance=NaN -> 450", "column 13: 'NaN' is not a chance from 0 to 1"),
        ("rcpt chance=.5 -> 450", "did you mean 'chance=0.5'?"),
        ("rcpt chance=5% -> 450", "not a percentage; did you mean 'chance=0.05'?"),
        ("connect over=0/s -> 421", "column 14: '0' is not a number from 1 to 268435455"),
        ("connect over=268435456/s -> 421", "column 14: '268435456' is not a number from 1 to"),
        ("connect over=5 -> 421", "a rate is per second, minute or hour; write 5/s, 5/m or 5/h"),
        (
            "rcpt grey=2d..60s -> 451",
            "column 11: '2d..60s' ends before it begins; did you mean 'gr"
        ),
        ("rcpt grey=60s -> 451", "column 11: 'grey' is two times; write grey=30s..1h"),
        ("rcpt hold=-1s over=1/s -> 451", "column 11: '-1s' is not a time"),
        ("rcpt hold=1m -> 451", "column 6: 'hold' without 'over' never begins; add over=N/s"),
        ("rcpt over=1/s hold=5min -> 451", "'min' is not a unit of time; did you mean '5m'?"),
        (
            "rcpt over=1/s hold=5M -> 451",
            "column 21: 'M' is not a unit of time; did you mean '5m'?"
        ),
        ("rcpt first=1 first=2 -> 450", "column 14: 'first' is there twice"),
        ("rcpt first=1 per=rcpt -> 450", "column 18: unknown key 'rcpt'; did you mean 'to'?"),
        ("rcpt first=1 per=ip,ip -> 450", "column 21: 'ip' is there twice"),
        ("rcpt first>1 -> 450", "column 11: 'first' is not compared; write 'first='"),
        // Steps.
        ("rcpt ->", "column 8: a step is missing"),
        ("rcpt -> 450;", "column 13: a step is missing"),
        ("rcpt -> 450 |", "column 14: a step is missing"),
        ("rcpt -> acept", "column 9: unknown step 'acept'; did you mean 'accept'?"),
        ("rcpt -> 45", "column 9: '45' is not a reply code (200–599)"),
        ("rcpt -> 650", "column 9: '650' is not a reply code (200–599)"),
        ("rcpt -> 450,451", "column 12: a blank is missing after the code; alternatives are separ"),
        (
            "rcpt -> 450 a; b",
            "column 16: unknown step 'b' after ';'; in a text, write '\\;' or quote"
        ),
        (
            "rcpt -> 450 a | b",
            "column 17: unknown step 'b' after '|'; in a text, write '\\|' or quo"
        ),
        ("rcpt -> 450 \"a\" b", "column 17: text after the closing quote"),
        ("rcpt -> 450 \"a", "column 13: the closing quote is missing"),
        ("rcpt -> 450 a\\qb", "column 14: unknown escape '\\q'; write '\\\\' for a backslash"),
        ("rcpt -> 450 a\\r", "column 14: '\\r' stands in 'raw' only"),
        ("rcpt -> 450 {rcpt}", "column 13: unknown placeholder '{rcpt}'; did you mean '{to}'?"),
        ("rcpt -> 450 {", "column 13: '{' without '}'; write '\\{' for a brace"),
        ("rcpt -> accept 450", "column 16: unexpected '450' after 'accept'; write ';' between two"),
        ("rcpt -> 450; 451", "column 14: a second reply; one of several is chosen by '|'"),
        ("rcpt -> close; accept", "column 16: a reply after 'close'; what is sent comes first"),
        ("rcpt -> close; reset", "column 16: 'reset' after 'close'"),
        ("rcpt -> wait", "column 13: 'wait' has no value; write 'wait 2s'"),
        ("rcpt -> wait 3-1", "column 14: '3-1' ends before it begins; did you mean '1-3'?"),
        ("rcpt -> wait 6~1", "did you mean '1~6'?"),
        ("rcpt -> slow 5", "column 14: '5' is not a number of bytes per second"),
        ("rcpt -> slow 0/s", "column 14: 'slow' is at least 1 byte per second"),
        (
            "rcpt -> garble wrong-cod",
            "column 16: unknown kind 'wrong-cod'; did you mean 'wrong-code'?"
        ),
        ("connect -> certificate self-signed", "did you mean 'untrusted'?"),
        ("helo -> hide", "column 13: 'hide' is followed by one EHLO keyword"),
        ("helo -> hide A B", "column 14: 'hide' is followed by one EHLO keyword; write 'hide A'"),
        ("helo -> announce X_Y", "column 18: 'X_Y' is not an EHLO keyword"),
        ("message -> raw 250 ok", "column 16: the bytes of 'raw' stand in quotes"),
        ("rcpt -> 60% 450 | 50% 451", "column 19: the alternatives add up to more than 100 %"),
        ("rcpt -> 5x% 450", "column 9: '5x%' is not a percentage from 0 to 100"),
        ("rcpt -> 450 \u{7}", "column 13: a control character"),
        ("rcpt -> 450 a\nb", "column 14: a rule is one line; write \\n to begin another line"),
        ("rcpt -> 450 é {x}", "column 15: unknown placeholder '{x}'"),
    ]

    @Test(arguments: faults)
    func `a wrong rule is refused with its column, the reason and a suggestion`(
        text: String, error: String
    ) {
        #expect { try Rule(text) } throws: { thrown in
            let found = "\(thrown)"
            let isRight = error.hasPrefix("column") ? found.hasPrefix(error) : found.contains(error)
            if !isRight { Issue.record("\(text)\n\(found)\n\(error)") }
            return isRight
        }
    }

    @Test func `each limit is reported by its number`() {
        let long = "rcpt -> 450 " + String(repeating: "x", count: Rule.Limits.bytes)
        #expect(throws: RuleError.self) { try Rule(long) }
        let tests = String(repeating: " to=x", count: Rule.Limits.tests + 1)
        #expect(throws: RuleError.self) { try Rule("rcpt\(tests) -> 450") }
        let steps = Array(repeating: "wait 1", count: Rule.Limits.steps + 1)
        #expect(throws: RuleError.self) { try Rule("rcpt -> \(steps.joined(separator: "; "))") }
        let codes = Array(repeating: "450", count: Rule.Limits.alternatives + 1)
        #expect(throws: RuleError.self) { try Rule("rcpt -> \(codes.joined(separator: "|"))") }
        let lines = String(repeating: "\\n", count: Rule.Limits.replyLines + 1)
        #expect(throws: RuleError.self) { try Rule("rcpt -> 450 a\(lines)") }
        let name = String(repeating: "x", count: Rule.Limits.nameBytes + 1)
        #expect(throws: RuleError.self) { try Rule("\(name): rcpt -> 450") }
    }

    @Test func `a rule put together of what no text can say is refused when it is checked`() {
        let early = Rule(at: .connect, matching: "you@full.example", .accept)
        #expect(throws: RuleError.self) { try early.checked() }
        let never = Rule(at: .recipient, first: 0, .accept)
        #expect(throws: RuleError.self) { try never.checked() }
    }
}
