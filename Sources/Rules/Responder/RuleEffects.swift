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
    package var connection = Lasting() { didSet { noteSpeed(connection) } }
    /// What holds for the message.
    package var message = Lasting() {
        didSet {
            hasMessage = message != Lasting()
            noteSpeed(message)
        }
    }
    /// Whether something holds for the message.
    private(set) var hasMessage = false
    /// Whether ``RuleLayer`` ever has something to do: once true, it stays so.
    package private(set) var actsOnBytes = false
    /// Whether ``RuleCommands`` ever has something to do beside counting: once true, it stays so.
    package private(set) var actsOnReplies = false
    /// How the reply that was just given is damaged; nil if it is not.
    package var garble: Garble? { didSet { actsOnReplies = actsOnReplies || garble != nil } }
    /// How EHLO's keywords are changed, in order.
    package var keywordEdits: [KeywordEdit] = [] { didSet { actsOnReplies = true } }
    /// Whether the reply to come is EHLO's, whose keywords are to be changed.
    package var editsHello = false
    /// How many of ``keywordEdits`` were decided at `connect`, and how many by the last STARTTLS.
    var editMarks = (connect: 0, startTLS: 0)
    /// What is wrong with the certificate that is shown next.
    package var certificate: Rule.CertificateFlaw?
    /// The rule that has chosen the certificate.
    var certificateRule = Int.max
    /// How the connection ends at once, while content arrives.
    package var endsNow: Ending? { didSet { actsOnBytes = actsOnBytes || endsNow != nil } }
    /// Whether the connection is reset once the reply is sent: the answer closes it.
    package var resetsAfterReply = false {
        didSet { actsOnBytes = actsOnBytes || resetsAfterReply }
    }
    /// Whether ``garble`` or ``resetsAfterReply`` is set.
    var isAboutReply = false
    /// The reply with which the connection was refused: it is repeated to every command but QUIT.
    package var refusal: Reply? { didSet { actsOnReplies = true } }

    /// The bytes per second that are taken from the client; nil for all.
    package var slow: UInt64? { message.slow ?? connection.slow }
    /// The bytes per second at which replies are sent; nil for all at once.
    package var drip: UInt64? { message.drip ?? connection.drip }
    /// Whether the message is kept for inspection; nil for the server's own choice.
    package var keeps: Bool? { message.keeps ?? connection.keeps }

    init() {}

    private mutating func noteSpeed(_ lasting: Lasting) {
        actsOnBytes = actsOnBytes || lasting.slow != nil || lasting.drip != nil
    }

    mutating func truncateEdits(to count: Int) {
        guard keywordEdits.count > count else { return }
        keywordEdits.removeLast(keywordEdits.count - count)
    }
}
