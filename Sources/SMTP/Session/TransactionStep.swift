/// What a command line means to the transaction under way: for those who follow a session from outside.
///
/// A line is read as a lenient session reads it, so that what any session takes is recognized.
package enum TransactionStep: Sendable, Equatable {
    /// It changes nothing.
    case other
    /// MAIL, with the place of the reverse-path in the line.
    case sender(Range<Int>)
    /// RCPT, with the place of the forward-path in the line.
    case recipient(Range<Int>)
    case data
    /// BDAT; its content follows, which is the message's last or not.
    case chunk(isLast: Bool)
    /// A command whose success gives the transaction up.
    case reset

    /// Reads a command in its line.
    package init(_ command: Command, in line: RawSpan) {
        switch command.verb {
        case .mail:
            let mail = try? MailCommand(command, in: line, ignoringUnknown: true, isLenient: true)
            self = mail.map { .sender($0.path) } ?? .other
        case .rcpt:
            let recipient = try? RecipientCommand(
                command, in: line, allowsUTF8: true, ignoringUnknown: true, isLenient: true)
            self = recipient.map { .recipient($0.path) } ?? .other
        case .data: self = .data
        case .bdat:
            let chunk = try? ChunkCommand(command, in: line)
            self = chunk.map { .chunk(isLast: $0.isLast) } ?? .other
        case .rset, .helo, .ehlo, .lhlo: self = .reset
        default: self = .other
        }
    }
}
