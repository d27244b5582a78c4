// One domain's mailboxes are full; all others have room.
//
//     swift run MailboxFull 2525
//     swaks --server 127.0.0.1:2525 --to you@full.example     # 452 4.2.2
//     swaks --server 127.0.0.1:2525 --to you@example.org      # 250

import BlackholePipeline
import BlackholeSMTP
import Glibc

/// Refuses the recipients of a domain; what it says nothing about is answered as a black hole does.
struct MailboxFull: Responder {
    mutating func recipient(
        _ recipient: RecipientCommand, in line: RawSpan, _ context: inout Context
    ) -> Answer {
        line.text(recipient.path).lowercased().hasSuffix("@full.example")
            ? .reply(452, EnhancedCode(4, 2, 2), "Mailbox full") : .accept
    }
}

let port = CommandLine.arguments.dropFirst().first.flatMap { UInt16($0) } ?? 0
let settings = SessionSettings()
let loops = try EventLoops()
let address = try loops.listen(on: .loopback(port: port)) { _ in
    LineFraming { DataDiscard { SMTPSession(settings, MailboxFull()) } }
}
print("listening on", address)
fflush(nil)  // A pipe would get it at the end only.
pause()  // Until Ctrl-C.
