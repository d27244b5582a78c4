public import BlackholeSMTP

extension Rule {
    /// What a rule does.
    public enum Step: Hashable, Sendable {
        /// Gives the stage's own reply, and ends the search.
        case accept
        /// Replies.
        case reply(ReplyTemplate)
        /// Sends bytes as they are.
        case raw(TextTemplate)
        /// Waits.
        case wait(Wait)
        /// Ends the connection, by a FIN.
        case close
        /// Resets the connection, by a RST.
        case reset
        /// Says nothing from here on, and keeps the connection.
        case silence
        /// Takes up to N bytes per second.
        case slow(ByteSize)
        /// Sends up to N bytes of a reply per second.
        case drip(ByteSize)
        /// Damages the reply: in one way, or in any.
        case garble(ReplyMutation?)
        /// Announces an EHLO keyword, with its parameters: `SIZE 1000`.
        case announce(String)
        /// Announces an EHLO keyword no more.
        case hide(String)
        /// Shows a flawed certificate.
        case certificate(CertificateFlaw)
        /// Keeps the message for inspection.
        case keep
        /// Does not keep the message for inspection.
        case drop

        /// The word for it in a rule; nil for a reply, which begins with its code.
        public var keyword: String? {
            switch self {
            case .reply: nil
            case .accept: "accept"
            case .raw: "raw"
            case .wait: "wait"
            case .close: "close"
            case .reset: "reset"
            case .silence: "silence"
            case .slow: "slow"
            case .drip: "drip"
            case .garble: "garble"
            case .announce: "announce"
            case .hide: "hide"
            case .certificate: "certificate"
            case .keep: "keep"
            case .drop: "drop"
            }
        }

        /// All words.
        static let keywords = [
            "accept", "raw", "wait", "close", "reset", "silence", "slow", "drip", "garble",
            "announce", "hide", "certificate", "keep", "drop",
        ]

        /// Whether it answers, so that no further rule is looked for.
        public var answers: Bool {
            switch self {
            case .accept, .reply, .raw, .close, .reset, .silence: true
            case .wait, .slow, .drip, .garble, .announce, .hide, .certificate, .keep, .drop: false
            }
        }
    }

    /// How long a step waits.
    public enum Wait: Hashable, Sendable, BitwiseCopyable {
        /// `2`.
        case fixed(TimeSpan)
        /// `1-3`: any time between the two, each as likely.
        case uniform(TimeSpan, TimeSpan)
        /// `0.8~6`: lognormal, with the median and the 99th percentile.
        case lognormal(median: TimeSpan, percentile99: TimeSpan)

        /// The longest time that it names.
        public var longest: TimeSpan {
            switch self {
            case .fixed(let time), .uniform(_, let time), .lognormal(_, let time): time
            }
        }
    }

    /// What is wrong with a certificate.
    public enum CertificateFlaw: String, Hashable, Sendable, BitwiseCopyable, CaseIterable {
        /// It is no longer valid.
        case expired
        /// It is not valid yet.
        case future
        /// It is for another host.
        case otherName = "other-name"
        /// No authority has signed it.
        case untrusted
        /// Its key is too short.
        case weakKey = "weak-key"
    }
}

extension Rule.Step: CustomStringConvertible {
    /// `452 4.2.2 Mailbox full`.
    public var description: String { RuleWriter.text { $0.write(self) } }
}
