package import BlackholeRules
package import BlackholeSMTP

/// What the server does with the mail that comes to one listener: the settings of its mode.
package struct ModeSettings: Sendable, Equatable {
    package var mode = Mode.accept
    /// Where the mode speaks; nil for where it usually does, see ``effectiveStage``.
    package var stage: ModeStage?
    /// How long the mode's reply is held back.
    package var delay: DelayRange?
    /// The codes that a message is accepted with, drawn by chance: 250 to 253.
    ///
    /// A recipient is accepted with those of them that RCPT may have, 250 and 251; what is accepted
    /// at another stage gets the stage's own reply (RFC 5321 §4.3.2).
    package var acceptCodes: [ReplyCode] = [.ok]
    /// The codes that are drawn from to bounce.
    package var bounceCodes = ModeSettings.allBounceCodes
    /// Codes to bounce with where the mode speaks at a certain stage, instead of `bounceCodes`.
    package var bounceCodesByStage: [ModeStage: [ReplyCode]] = [:]
    /// How much of the mail the mode `random` accepts, from 0 to 1.
    package var acceptRatio = 0.5
    /// Whether a message's own headers may switch mode and delay for it.
    package var hasHeaderSwitches = true

    package init() {}

    /// Where the mode speaks.
    package var effectiveStage: ModeStage {
        stage ?? (mode == .unavailable || mode == .offline ? .connect : .message)
    }

    /// What is bounced with where the mode speaks at a stage.
    package func bounceCodes(at stage: ModeStage) -> [ReplyCode] {
        bounceCodesByStage[stage] ?? bounceCodes
    }

    /// The codes of the original's bounce table.
    package static let allBounceCodes: [ReplyCode] = [
        .serviceNotAvailable, .mailSystemFull, .mailboxUnavailableForNow, .localError,
        .insufficientStorage, .noTLSForNow, .unableToQueue, .notAllowed, .acceptsNoMail,
        .mechanismTooWeak, .mailboxUnavailable, .userElsewhere, .exceededStorage,
        .mailboxNameNotAllowed, .transactionFailed, .blocked,
    ]
}

/// Where in a session the mode speaks.
package enum ModeStage: String, CaseIterable, BitwiseCopyable, Sendable {
    /// The greeting.
    case connect
    /// The reply to HELO or EHLO.
    case helo
    /// The reply to MAIL.
    case mail
    /// The reply to each RCPT, which is decided by itself.
    case rcpt
    /// The reply to DATA. BDAT asks nothing before its content: there the mode speaks at the end of
    /// the message.
    case data
    /// The reply to the end of the message.
    case message
}
