/// Where a session stands: which commands may come, and what the message under way consists of.
///
/// A pure value: ``refusal(of:isLenient:)`` is the table of RFC 5321 §4.1.4, verb by phase. HELO is
/// as good as EHLO there: a client that knows an extension may use it.
package struct Transaction: BitwiseCopyable, Sendable {
    /// How far the message under way has got.
    package enum Phase: UInt8, BitwiseCopyable, Sendable, CaseIterable {
        /// The connection was refused: nothing but QUIT.
        case refused
        /// No HELO or EHLO yet. Next: `ready`.
        case greeted
        /// No message. Next: `mail`.
        case ready
        /// A reverse-path. Next: `recipients`.
        case mail
        /// A forward-path at least. Next: `ready`, by way of the content, or `chunks`.
        case recipients
        /// A part of the content came by BDAT. Next: `ready`, after the last part.
        case chunks
    }

    package var recipients = 0
    /// Bytes that came by BDAT.
    package var chunkBytes = 0
    /// Bytes of content that the responder was offered.
    package var offeredBytes = 0
    package var phase = Phase.greeted
    /// A recipient was refused.
    package var hasRefusedRecipient = false
    package var body = MailCommand.Body.sevenBit
    package var isUTF8 = false

    package init() {}

    /// Whether no message is under way.
    package var isIdle: Bool { phase <= .ready }

    /// Gives the message under way up.
    package mutating func reset() {
        guard phase > .ready else { return }
        startOver(in: .ready)
    }

    package mutating func startOver(in phase: Phase) {
        self = Transaction()
        self.phase = phase
    }

    package mutating func begin(body: MailCommand.Body, isUTF8: Bool) {
        startOver(in: .mail)
        self.body = body
        self.isUTF8 = isUTF8
    }

    package mutating func addRecipient() {
        recipients += 1
        phase = .recipients
    }

    /// Content follows: a message is under way even where nothing had to come before DATA.
    package mutating func beginContent() {
        phase = .recipients
    }

    /// Why the verb may not come now; nil if it may.
    package func refusal(of verb: Verb, isLenient: Bool) -> Reply? {
        if phase == .refused { return verb == .quit ? nil : .noService }
        switch verb {
        case .mail where !isLenient: return refusalOfMail
        case .auth where !isLenient: return refusalOfAuthentication
        case .rcpt: return refusalOfRecipient(isLenient)
        case .data: return refusalOfContent(isLenient) ?? refusalOfData
        case .bdat: return phase == .chunks ? nil : refusalOfContent(isLenient)
        default: return nil
        }
    }

    private var refusalOfMail: Reply? {
        switch phase {
        case .ready: nil
        case .refused, .greeted: .helloFirst
        case .mail, .recipients, .chunks: .nestedMail
        }
    }

    /// Only where no mail transaction is under way (RFC 4954 §4).
    private var refusalOfAuthentication: Reply? {
        switch phase {
        case .ready: nil
        case .refused, .greeted: .helloFirst
        case .mail, .recipients, .chunks: .authOutsideOnly
        }
    }

    private func refusalOfRecipient(_ isLenient: Bool) -> Reply? {
        switch phase {
        case .mail, .recipients: nil
        case .chunks: .chunksBegun
        case .refused, .greeted, .ready: isLenient ? nil : .mailFirst
        }
    }

    private func refusalOfContent(_ isLenient: Bool) -> Reply? {
        switch phase {
        case .recipients: nil
        case .chunks: .chunksBegun
        case .mail where hasRefusedRecipient: .noValidRecipients
        case .mail: isLenient ? nil : .recipientFirst
        case .refused, .greeted, .ready: isLenient ? nil : .mailFirst
        }
    }

    private var refusalOfData: Reply? {
        body == .binaryMIME ? .binaryNeedsChunks : nil
    }
}

extension Transaction.Phase: Comparable {
    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
