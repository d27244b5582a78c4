// One domain's mailboxes are full; all others have room.
//
//     swift run MailboxFull 2525
//     swaks --server 127.0.0.1:2525 --to you@full.example     # 452 4.2.2
//     swaks --server 127.0.0.1:2525 --to you@example.org      # 250

import Glibc
import SMTPTesting

let port = CommandLine.arguments.dropFirst().first.flatMap { UInt16($0) } ?? 0
let server = try SMTPServer(
    .rule("rcpt to=@full.example -> 452 4.2.2 Mailbox full"), port: port)
print("listening on", server.address)
fflush(nil)  // A pipe would get it at the end only.
pause()  // Until Ctrl-C.
