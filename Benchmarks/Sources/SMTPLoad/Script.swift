internal import Pipeline

/// How the commands of a message follow each other.
package enum Shape: String, BitwiseCopyable, Sendable {
    /// Each command waits for the reply to the one before.
    case lockStep
    /// MAIL, RCPT and DATA leave together, then the content (RFC 2920).
    case pipelined
    /// MAIL, RCPT, BDAT and the content leave together (RFC 3030).
    case bdat
}

/// What a connection says, as octets that are made once.
///
/// Its memory is shared by all connections of the process and stays until its end.
package struct Script: BitwiseCopyable, @unchecked Sendable {
    package let shape: Shape
    package let recipients: Int
    package let content: Content
    let hello: Octets
    let startTLS: Octets
    let mail: Octets
    let recipient: Octets
    let data: Octets
    /// All commands of a message, but for lock-step.
    let group: Octets
    /// What follows the content.
    let contentEnd: Octets
    let reset: Octets
    let quit: Octets

    package init(_ shape: Shape, recipients: Int = 1, size: Int = 1024, saysHello: Bool = false) {
        self.shape = shape
        self.recipients = recipients
        content = Content(size: size)
        hello = Octets(saysHello ? "HELO smtp-load.example\r\n" : "EHLO smtp-load.example\r\n")
        startTLS = Octets("STARTTLS\r\n")
        let mailText = "MAIL FROM:<smtp-load@example.org>\r\n"
        let recipientText = "RCPT TO:<recipient@example.org>\r\n"
        let last = shape == .bdat ? "BDAT \(size) LAST\r\n" : "DATA\r\n"
        mail = Octets(mailText)
        recipient = Octets(recipientText)
        data = Octets(last)
        group = Octets(mailText + String(repeating: recipientText, count: recipients) + last)
        contentEnd = Octets(shape == .bdat ? "" : ".\r\n")
        reset = Octets("RSET\r\n")
        quit = Octets("QUIT\r\n")
    }

    /// Octets that stay where they are.
    struct Octets: BitwiseCopyable, @unchecked Sendable {
        private let memory: UnsafeRawBufferPointer

        init(_ text: String) {
            let room = UnsafeMutableRawBufferPointer.allocate(
                byteCount: text.utf8.count, alignment: 16)
            room.copyBytes(from: text.utf8)
            memory = UnsafeRawBufferPointer(room)
        }

        @inline(__always)
        func append(to output: inout ByteBuffer) { output.append(memory.bytes) }
    }
}
