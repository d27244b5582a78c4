import BlackholeRuleScenarios
import BlackholeRules
import Testing

/// What `check` warns about.
@Suite struct RuleWarningTests {
    @Test(arguments: [
        ("rcpt -> 450 5.7.1 x", "450 5.7.1: the class of the enhanced code does not fit the code"),
        ("rcpt -> 550 a\\n4.7.1 b", "550 4.7.1: the class of the enhanced code does not fit"),
        ("rcpt chance=0 -> 450", "chance=0: the rule never applies"),
        ("rcpt grey=60s..2d -> 451", "'grey' without 'per' counts all clients together"),
        ("mail size>5 size<3 -> 552", "size>5 size<3: never holds"),
        ("mail size>5 size<6 -> 552", "size>5 size<6: never holds"),
        ("mail size=5 size!=5 -> 552", "size=5 size!=5: never holds"),
        ("mail size=none size>5 -> 552", "size=none size>5: never holds"),
        ("connect open<1 -> 421", "open<1: never holds"),
        ("rcpt to=a@x to=b@x -> 550", "to=a@x to=b@x: never holds"),
        ("rcpt to=a@x to=@y -> 550", "to=a@x to=@y: never holds"),
        ("rcpt to=a@x to!=@x -> 550", "to=a@x to!=@x: never holds"),
        ("mail user=none user=me -> 535", "user=none user=me: never holds"),
        ("mail tls=no tls=yes -> 535", "tls=no tls=yes: never holds"),
        ("connect peer=10.0.0.0/8 peer=192.0.2.1 -> 421", "never holds"),
        ("rcpt per=ip -> 450", "'per' has no effect"),
        ("rcpt -> 100% 450 | 451", "alternative 2 is never chosen"),
        ("mail -> hide SIZE", "'hide' has no effect at mail, after HELO"),
    ])
    func `what is probably not meant is reported`(text: String, warning: String) throws {
        let warnings = try Rule(text).warnings
        #expect(warnings.count == 1 && warnings[0].contains(warning), "\(warnings)")
    }

    @Test(
        arguments: RuleExamples.all + [
            "message to=a@x to=b@x -> 550", "mail size>5 size<7 -> 552", "rcpt to=*@x to=a* -> 550",
            "mail tls=yes tls=TLSv1.2 -> 535", "connect open>50 per=ip -> 421 4.7.0 {count}",
            "connect peer=10.0.0.0/8 peer=10.1.0.0/16 -> 421", "rcpt -> 571 5.7.1 x",
        ])
    func `what can be meant is not`(text: String) throws {
        #expect(try Rule(text).warnings == [])
    }
}
