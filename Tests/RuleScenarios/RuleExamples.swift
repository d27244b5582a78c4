/// The examples of the language, each a rule.
package enum RuleExamples {
    /// All of them.
    package static let all = [
        "rcpt to=*@full.example first=2 -> 452 4.2.2 Mailbox full",
        "grey: rcpt grey=60s..2d per=ip/24,from,to -> 451 4.7.1 Greylisted, try again later",
        "connect over=20/s hold=5m per=ip -> 421 4.7.0 [{ip}] Slow down",
        "connect open>50 per=ip -> 421 4.7.0 Too many connections",
        "message every=20 per=connection -> close",
        "mail tls=no -> 530 5.7.0 Must issue a STARTTLS command first",
        "mail user=none -> 530 5.7.0 Authentication required",
        "rcpt to=@big.example over=100/m hold=10m -> 421 4.7.28 Rate limited",
        "data to=slow-* -> wait 0.8~6",
        "content bytes>65536 chance=0.01 -> reset",
        "message from=*@spam.example -> 550 5.7.1 Blocked; close",
        "message chance=0.1 -> 450|451|452",
        "helo -> hide PIPELINING; announce SIZE 1000",
        "starttls -> certificate expired",
        "message to!=*@example.org every=100 -> garble wrong-code",
        "connect during=30s..40s -> 421 4.3.2 Restarting",
    ]
}
