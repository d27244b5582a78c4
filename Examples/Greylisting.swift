// Greylisting: a client that mails from this address, as this sender, to this recipient for the first
// time must come again. A mail server does, and a spammer's program often does not.
//
//     swift run Greylisting 2525
//     swaks --server 127.0.0.1:2525 --to you@example.org      # 451 4.7.1
//     swaks --server 127.0.0.1:2525 --to you@example.org      # 250

import Glibc
import SMTPTesting

let port = CommandLine.arguments.dropFirst().first.flatMap { UInt16($0) } ?? 0
// With grey=60s..2d instead of first=1 it would have to wait for a minute, and come within two days.
let server = try SMTPServer(
    .rule("rcpt first=1 per=ip,from,to -> 451 4.7.1 Greylisted, please come again"), port: port)
print("listening on", server.address)
fflush(nil)  // A pipe would get it at the end only.
pause()  // Until Ctrl-C.
