// A server that lies about SIZE (RFC 1870): what it announces is one thing, its limit another. The
// second argument is what it announces, the third its limit; 0 is none. By default it promises ten
// million bytes and takes a thousand; `1000 0` is a server that is better than its word.
//
//     swift run SizeLie 2525 10000000 1000
//     swaks --server 127.0.0.1:2525 --to you@example.org --body "$(seq 1000)"     # 552 5.3.4

import Glibc
import SMTPTesting

let arguments = CommandLine.arguments.dropFirst().map { UInt32($0) ?? 0 }
let port = UInt16(clamping: arguments.first ?? 0)
let (announced, limit) = arguments.count > 2 ? (arguments[1], arguments[2]) : (10_000_000, 1_000)

let tooBig = "552 5.3.4 Message too big"
let server = try SMTPServer(
    .announce("SIZE", "\(announced)"),
    .rules(
        limit == 0 ? "" : "mail size>\(limit) -> \(tooBig)\nmessage bytes>\(limit) -> \(tooBig)"),
    port: port)
print("listening on", server.address)
fflush(nil)  // A pipe would get it at the end only.
pause()  // Until Ctrl-C.
