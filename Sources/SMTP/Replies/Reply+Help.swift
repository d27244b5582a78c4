/// The replies to HELP.
extension Reply {
    /// Help in general, or on the verb that `topic` names; nil if it names none that is served.
    ///
    /// - Parameter mechanisms: those of AUTH; none where it is not offered.
    static func help(
        on topic: RawSpan, _ mailProtocol: MailProtocol, withStartTLS: Bool,
        mechanisms: [SASLMechanism]
    ) -> Reply? {
        guard topic.isEmpty else {
            let verb = Verb(topic)
            guard mailProtocol.hasVerb(verb), verb != .startTLS || withStartTLS,
                verb != .auth || !mechanisms.isEmpty
            else { return nil }
            guard verb != .auth else {
                let names = mechanisms.map { "\($0.name)" }.joined(separator: "|")
                return Reply(
                    214, EnhancedCode(2, 0, 0), made: "Syntax: AUTH \(names) [initial response]")
            }
            return syntax(of: verb).map { Reply(214, EnhancedCode(2, 0, 0), $0) }
        }
        var verbs = mailProtocol == .lmtp ? "LHLO" : "HELO EHLO"
        verbs += " MAIL RCPT DATA BDAT RSET NOOP VRFY EXPN HELP QUIT"
        if withStartTLS { verbs += " STARTTLS" }
        if !mechanisms.isEmpty { verbs += " AUTH" }
        return Reply(214, EnhancedCode(2, 0, 0), made: "Commands: " + verbs)
    }

    private static func syntax(of verb: Verb) -> StaticString? {
        switch verb {
        case .helo: "Syntax: HELO host"
        case .ehlo: "Syntax: EHLO host"
        case .lhlo: "Syntax: LHLO host"
        case .mail:
            "Syntax: MAIL FROM:<address> [SIZE=n] [BODY=7BIT|8BITMIME|BINARYMIME] [SMTPUTF8] ..."
        case .rcpt: "Syntax: RCPT TO:<address> [NOTIFY=...] [ORCPT=type;address]"
        case .data: "Syntax: DATA"
        case .bdat: "Syntax: BDAT octets [LAST]"
        case .rset: "Syntax: RSET"
        case .noop: "Syntax: NOOP [anything]"
        case .vrfy: "Syntax: VRFY address"
        case .expn: "Syntax: EXPN list"
        case .help: "Syntax: HELP [command]"
        case .quit: "Syntax: QUIT"
        case .startTLS: "Syntax: STARTTLS"
        case .auth, .etrn, .turn, .send, .soml, .saml, .unknown: nil
        }
    }
}
