import BlackholePipeline
import BlackholeSMTP

struct MailboxFull: Responder {
    mutating func recipient(
        _ recipient: RecipientCommand, in line: RawSpan, _ context: inout Context
    ) -> Answer {
        line.text(recipient.path).hasSuffix("@full.example")
            ? .reply(452, EnhancedCode(4, 2, 2), "Mailbox full") : .accept
    }
}
