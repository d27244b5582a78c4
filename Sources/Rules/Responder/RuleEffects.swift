package import BlackholeSMTP

/// What rules have decided that an ``Answer`` cannot carry, for the layers around a session to do.
///
/// A layer reads it after it has called the layer inside. What a rule decides at `connect`, `helo`,
/// `starttls` or `auth` holds for the connection. What it decides from `mail` on holds until the
/// next `mail`, so that it is still there when the message has been answered.
package struct RuleEffects {
    /// What one decision leaves behind, apart from its answer.
    package struct Lasting: Sendable, Equatable, BitwiseCopyable {
        /// The bytes per second that are taken from the client; nil for all.
        package var slow: UInt64?
        /// The bytes per second at which replies are sent; nil for all at once.
        package var drip: UInt64?
        /// Whether the message is kept for inspection; nil for the server's own choice.
        package var keeps: Bool?

        /// Creates what changes nothing.
        package init() {}
    }

    /// How a reply is to be damaged.
    package struct Garble: Sendable, Equatable {
        /// The way; nil for any.
        package let kind: ReplyMutation?
        /// What the damage is drawn from.
        package let seed: UInt64

        /// Creates a damage.
        package init(kind: ReplyMutation?, seed: UInt64) {
            self.kind = kind
            self.seed = seed
        }
    }

    /// How the connection ends without another reply.
    package enum Ending: Sendable, BitwiseCopyable {
        /// By a FIN.
        case close
        /// By a RST.
        case reset
    }

    /// What holds for the connection.
    package var connection = Lasting()
    /// What holds for the message.
    package var message = Lasting()
    /// How the reply that was just given is damaged; nil if it is not.
    package var garble: Garble?
    /// How EHLO's keywords are changed, in order.
    package var keywordEdits: [KeywordEdit] = []
    /// How many of ``keywordEdits`` were decided at `connect`, and how many by the last STARTTLS.
    var editMarks = (connect: 0, startTLS: 0)
    /// What is wrong with the certificate that is shown next.
    package var certificate: Rule.CertificateFlaw?
    /// The rule that has chosen the certificate.
    var certificateRule = Int.max
    /// How the connection ends at once, while content arrives.
    package var endsNow: Ending?
    /// Whether the connection is reset once the reply is sent: the answer closes it.
    package var resetsAfterReply = false
    /// Whether ``garble`` or ``resetsAfterReply`` is set.
    var isAboutReply = false
    /// The reply with which the connection was refused: it is repeated to every command but QUIT.
    package var refusal: Reply?

    /// The bytes per second that are taken from the client; nil for all.
    package var slow: UInt64? { message.slow ?? connection.slow }
    /// The bytes per second at which replies are sent; nil for all at once.
    package var drip: UInt64? { message.drip ?? connection.drip }
    /// Whether the message is kept for inspection; nil for the server's own choice.
    package var keeps: Bool? { message.keeps ?? connection.keeps }

    init() {}

    mutating func truncateEdits(to count: Int) {
        keywordEdits.removeLast(keywordEdits.count - count)
    }
}

/// A change to what EHLO announces.
package enum KeywordEdit: Hashable, Sendable {
    /// Announces a keyword with its parameters, in place of one that is there.
    case announce(String)
    /// Announces a keyword no more.
    case hide(String)
}
