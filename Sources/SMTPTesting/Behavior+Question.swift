public import BlackholeInbox
public import BlackholePipeline
public import BlackholeRules
public import BlackholeSMTP
public import BlackholeTLS

extension Behavior {
    /// What a client asks at a stage, and what is known by then: see
    /// ``at(_:matching:from:first:after:every:chance:per:answer:)-9u60d``.
    public struct Question: Sendable {
        /// Where it is asked.
        public let stage: Stage
        /// The command as it was sent, without its line end.
        ///
        /// It is empty at `Stage.connect`, the mechanism alone at `Stage.login` (`AUTH PLAIN`), and a dot
        /// at the end of a message.
        public let line: String
        /// The parameters of MAIL or RCPT, as they were sent: `["SIZE=1000", "BODY=8BITMIME"]`.
        public let parameters: [String]
        /// The reverse-path, empty for `<>`; nil before MAIL.
        public let sender: String?
        /// The forward-path of this RCPT; nil at other stages.
        public let recipient: String?
        /// The recipients of the message that were accepted before.
        public let recipients: [String]
        /// The name that the client said at HELO or EHLO; nil before.
        public let hello: String?
        /// Who the client has said it is; nil if it has not.
        ///
        /// At `Stage.login` nobody has checked it.
        public let credentials: Credentials?
        /// What was agreed on with the client; nil in clear.
        public let tls: TLSDetails?
        /// The client's address.
        public let peer: NetworkAddress
        /// How often this closure was asked, with this time: 1 at first.
        public let attempt: Int
        /// The message that has ended, at `Stage.message`; nil at other stages.
        public let message: ReceivedMessage?

        /// The user that the client has said it is; nil if it has not.
        public var user: String? { credentials?.user }

        /// The value of a parameter of MAIL or RCPT, by its name in any case; empty for one without a
        /// value, nil if it is not there.
        public subscript(parameter name: String) -> String? {
            let name = name.lowercased()
            for parameter in parameters {
                let parts = parameter.split(
                    separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                if parts[0].lowercased() == name { return parts.count > 1 ? String(parts[1]) : "" }
            }
            return nil
        }
    }
}
