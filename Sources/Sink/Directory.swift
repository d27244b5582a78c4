internal import BlackholeSMTP

/// What VRFY and EXPN find.
struct Directory: Sendable {
    private let mailbox: Reply
    private let lists: [MailingList: Reply]

    /// Makes a directory whose mailboxes are all of one domain.
    init(hostName: String) {
        mailbox = Reply(250, EnhancedCode(2, 0, 0), made: "<pass@\(hostName)> OK")
        lists = Dictionary(
            uniqueKeysWithValues: MailingList.allCases.map { ($0, $0.reply(hostName: hostName)) })
    }

    /// The answer to VRFY: an argument with `pass=` in it is known, one with `fail=` is not, and of
    /// any other nothing can be said (252).
    ///
    /// The original said the argument back. No byte of a peer's is ever said back here, so the
    /// reply names the same mailbox whatever was asked for (RFC 5321 §3.5.2 wants one).
    func verify(_ argument: RawSpan) -> Answer {
        argument.withUnsafeBytes { bytes in
            if bytes.mentions("pass=") { return .reply(mailbox) }
            guard bytes.mentions("fail=") else { return .accept }
            return .reply(550, EnhancedCode(5, 7, 1), "User unknown")
        }
    }

    /// The answer to EXPN: the members of a list that is known.
    func expand(_ argument: RawSpan) -> Answer {
        guard let list = MailingList(argument), let reply = lists[list] else {
            return .reply(550, EnhancedCode(5, 7, 1), "Not authorised")
        }
        return .reply(reply)
    }
}
