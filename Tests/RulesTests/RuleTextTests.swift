import BlackholeRuleScenarios
import BlackholeRules
import Testing

/// A rule's text and its value: each is the other.
@Suite struct RuleTextTests {
    static let others = [
        "rcpt -> 550 5.1.1 a \\| b; close",
        "message -> raw \"250 ok; -> | \\\" \\r\\n\"",
        "x-1: rcpt to=\"a b\"@x.example -> 550 5.1.1 x",
        "rcpt -> 550-5.7.1 one\\n550 5.7.1 two",
        "rcpt -> 550 5.7.1 one\\n5.7.1 two",
        "\"a\\\\b\\\"c\": rcpt -> 450",
        "rcpt to=a+b%c[1]{2}?@x.example -> 550",
        "rcpt to=@*.example.org -> 550",
        "rcpt to!=@/etc/users -> 550 5.1.1 Unknown",
        "rcpt per=ip,from every=2 -> 450",
        "rcpt every=1 -> 450", "rcpt chance=0 -> 450", "rcpt chance=1 -> 450",
        "rcpt -> 5% 452 4.2.2 Mailbox full | 3% 421 4.7.0 Busy; close | accept",
        "connect -> 421 4.7.0 \"a; b -> c\"",
        "rcpt -> 450 a -> b",
        "data -> 354  Go ahead {id} - gsmtp",
        "rcpt -> 450 4.2.1", "rcpt -> 450 \"\"", "rcpt -> 450 \"4.2.1\"",
        "rcpt -> 450 \" in blanks \"", "rcpt -> 421 5.7.32 {date}",
        "rcpt -> 450 \\{ip\\} \\\\ \\\"quoted\\\"",
        "mail user=\"\" -> 535", "mail user=\"none\" -> 535",
        "auth password=*1234* user!=none -> 535 5.7.8 Wrong",
        "message header.Message-ID=none -> 550 5.7.1 No Message-ID",
        "message header.Subject=\"hello world*\" hops>50 -> 554 5.4.6 Hops",
        "mail param.BODY=8BITMIME size>10MiB -> 552 5.3.4 Too big",
        "rcpt recipients>100 trips>1 per=ip -> 452 4.5.3",
        "connect peer=10.0.0.0/8 listener=:2526 -> accept",
        "connect peer=2001:db8::/32 -> 554 5.7.1 No", "connect peer=192.0.2.7 -> 554",
        "connect peer=unix:* -> 554", "connect peer!=192.168.* -> 554",
        "starttls sni=*.bad.example -> certificate other-name",
        "connect sni=none -> 554", "connect tls=TLSv1.2 -> 554", "mail tls!=no -> accept",
        "command verb=XCLIENT arg=none -> 502 5.5.1", "vrfy arg=root -> 252",
        "quit -> silence", "helo -> slow 1k/s; drip 10/s; wait 1-3; keep",
        "message -> wait 1s; close", "message -> 550 5.1.1 No {to}\\n5.1.1 {to.domain}; drop",
        "message -> accept; close", "rcpt -> 450 | 451 4.3.0; wait 2 | 452",
        "message first=1 -> garble bare-LF", "message -> garble",
        "rcpt after=3 first=2 every=2 chance=0.5 -> 450",
        "connect grey=0..1d per=ip/32,connection -> 450",
        "announced: helo -> announce AUTH PLAIN LOGIN",
    ]

    @Test(arguments: RuleExamples.all + others)
    func `a rule is printed as it was written`(text: String) throws {
        let rule = try Rule(text, allowsFiles: true)
        #expect(rule.description == text)
        #expect(try Rule(rule.description, allowsFiles: true) == rule)
        #expect(try rule.checked() == rule)
    }
}
