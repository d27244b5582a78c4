internal import BlackholePipeline

/// How the commands of a message follow each other.
package enum Shape: String, BitwiseCopyable, Sendable {
    /// Each command waits for the reply to the one before.
    case lockStep
    /// MAIL, RCPT and DATA leave together, then the content (RFC 2920).
    case pipelined
    /// MAIL, RCPT, BDAT and the content leave together (RFC 3030).
    case bdat
}

/// What a connection says, as bytes that are made once.
///
/// Its memory is shared by all connections of the process and stays until its end.
package struct Script: BitwiseCopyable, @unchecked Sendable {
    package let shape: Shape
    package let recipients: Int
    package let content: Content
    let hello: Bytes
    let startTLS: Bytes
    let mail: Bytes
    let recipient: Bytes
    let data: Bytes
    /// All commands of a message, but for lock-step.
    let group: Bytes
    /// What follows the content.
    let contentEnd: Bytes
    let reset: Bytes
    let quit: Bytes

    package init(_ shape: Shape, recipients: Int = 1, size: Int = 1024, saysHello: Bool = false) {
        self.shape = shape
        self.recipients = recipients
        content = Content(size: size)
        hello = Bytes(saysHello ? "HELO smtp-load.example\r\n" : "EHLO smtp-load.example\r\n")
        startTLS = Bytes("STARTTLS\r\n")
        let mailText = "MAIL FROM:<smtp-load@example.org>\r\n"
        let recipientText = "RCPT TO:<recipient@example.org>\r\n"
        let last = shape == .bdat ? "BDAT \(size) LAST\r\n" : "DATA\r\n"
        mail = Bytes(mailText)
        recipient = Bytes(recipientText)
        data = Bytes(last)
        group = Bytes(mailText + String(repeating: recipientText, count: recipients) + last)
        contentEnd = Bytes(shape == .bdat ? "" : ".\r\n")
        reset = Bytes("RSET\r\n")
        quit = Bytes("QUIT\r\n")
    }

    /// Bytes that stay where they are.
    struct Bytes: BitwiseCopyable, @unchecked Sendable {
        private let memory: UnsafeRawBufferPointer

        init(_ text: String) {
            let room = UnsafeMutableRawBufferPointer.allocate(
                byteCount: text.utf8.count, alignment: 16)
            room.copyBytes(from: text.utf8)
            memory = UnsafeRawBufferPointer(room)
        }

        @inline(__always)
        func append(to output: inout ByteQueue) { output.append(memory.bytes) }
    }
}
