// The smallest black hole: takes all mail, and keeps none.
//
//     swift run BlackHole 2525
//     swaks --server 127.0.0.1:2525 --to you@example.org

import BlackholePipeline
import BlackholeSMTP
import Glibc

let port = CommandLine.arguments.dropFirst().first.flatMap { UInt16($0) } ?? 0
let settings = SessionSettings()
let loops = try EventLoops()
let address = try loops.listen(on: .loopback(port: port)) { _ in
    smtpStack(settings) { BlackHole() }
}
print("listening on", address)
fflush(nil)  // A pipe would get it at the end only.
pause()  // Until Ctrl-C.
