package import BlackholePipeline

/// The part of a session in which a client is refused: what refusals are counted by, with their code.
package enum RefusalStage: UInt8, CaseIterable, BitwiseCopyable, Sendable {
    /// The greeting.
    case connect
    /// HELO, EHLO or LHLO.
    case helo
    /// AUTH, with its exchange.
    case auth
    /// MAIL.
    case mail
    /// RCPT, each by itself.
    case rcpt
    /// DATA, or a BDAT whose line is refused.
    case data
    /// The end of a message or of a chunk; in LMTP, each recipient's reply.
    case message
    /// No refusal of mail: a command out of order, such as one that a client has sent ahead of a
    /// refusal; any other command, and a line that is no command; what is said unasked.
    case other

    /// The stage of a command.
    package init(_ verb: Verb) {
        self =
            switch verb {
            case .helo, .ehlo, .lhlo: .helo
            case .auth: .auth
            case .mail: .mail
            case .rcpt: .rcpt
            case .data, .bdat: .data
            case .rset, .noop, .vrfy, .expn, .help, .quit, .startTLS, .etrn, .turn, .send, .soml,
                .saml, .unknown:
                .other
            }
    }
}

extension Counter {
    /// The codes that refuse.
    package static var refusingCodes: ClosedRange<UInt16> { 400...599 }

    /// Refusals at a stage with a code, one of ``refusingCodes``.
    package static func refusals(at stage: RefusalStage, _ code: UInt16) -> Counter {
        let first = firstOfRefusals + Int(stage.rawValue) * refusingCodes.count
        return Counter(index: first + Int(code - refusingCodes.lowerBound))
    }

    /// Above those that are anybody's own; TLS's follow.
    private static let firstOfRefusals = 56
}
