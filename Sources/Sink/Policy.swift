package import SMTP

/// What the server does with the mail that comes to one listener: the settings of its mode.
package struct Policy: Sendable, Equatable {
    package var mode = Mode.accept
    /// Where the mode speaks; nil for where it usually does, see ``effectiveStage``.
    package var stage: Stage?
    /// How long the mode's reply is held back.
    package var delay: DelayRange?
    /// The codes that a message is accepted with, drawn by chance: 250 to 253.
    package var acceptCodes: [ReplyCode] = [.ok]
    /// The codes that are drawn from to bounce.
    package var bounceCodes = Policy.allBounceCodes
    /// Codes to bounce with where the mode speaks at a certain stage, instead of `bounceCodes`.
    package var bounceCodesByStage: [Stage: [ReplyCode]] = [:]
    /// How much of the mail the mode `random` accepts, from 0 to 1.
    package var acceptRatio = 0.5
    /// Whether a message's own headers may switch mode and delay for it.
    package var hasHeaderSwitches = true

    package init() {}

    /// Where the mode speaks.
    package var effectiveStage: Stage {
        stage ?? (mode == .unavailable || mode == .offline ? .connect : .message)
    }

    /// The codes of the original's bounce table.
    package static let allBounceCodes: [ReplyCode] = [
        .serviceNotAvailable, .mailSystemFull, .mailboxUnavailableForNow, .localError,
        .insufficientStorage, .noTLSForNow, .unableToQueue, .notAllowed, .acceptsNoMail,
        .mechanismTooWeak, .mailboxUnavailable, .userElsewhere, .exceededStorage,
        .mailboxNameNotAllowed, .transactionFailed, .blocked,
    ]
}

/// A delay, or the bounds of one that is drawn by chance.
package struct DelayRange: Sendable, Equatable {
    package let least: Duration
    package let most: Duration

    package init(_ least: Duration, _ most: Duration) {
        precondition(.zero <= least && least <= most, "a range has its bounds in order")
        self.least = least
        self.most = most
    }
}
