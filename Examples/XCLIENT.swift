// A command of one's own: XCLIENT, by which a proxy says whom it speaks for, as Postfix has it. It
// is announced, it starts the session over, and who is from 192.0.2.0/24 then is refused.
//
//     swift run XCLIENT 2525
//     swaks --server 127.0.0.1:2525 --to you@example.org --xclient ADDR=192.0.2.7    # 554 5.7.1

import BlackholePipeline
import BlackholeSMTP
import Glibc

/// Refuses mail of one network, whoever the client says it is.
struct Proxied: Responder {
    /// The client's address: the peer's, or what XCLIENT has said.
    var client: String

    mutating func command(
        _ command: Command, in line: RawSpan, _ context: inout Context
    ) -> Answer? {
        guard command.isVerb("XCLIENT", in: line) else { return nil }
        for attribute in line.text(command.argument).split(separator: " ") {
            let parts = attribute.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, ["NAME", "ADDR"].contains(parts[0].uppercased()) else {
                return .reply(501, EnhancedCode(5, 5, 4), "Syntax: XCLIENT NAME=name ADDR=address")
            }
            if parts[0].uppercased() == "ADDR" { client = String(parts[1]) }
        }
        return .startOver
    }

    mutating func mail(
        _ mail: MailCommand, in line: RawSpan, _ context: inout Context
    ) -> Answer {
        guard client.hasPrefix("192.0.2.") else { return .accept }
        let text = "Nothing is taken from \(client)"
        return .reply(Reply(554, EnhancedCode(5, 7, 1), made: text))
    }
}

let port = CommandLine.arguments.dropFirst().first.flatMap { UInt16($0) } ?? 0
let settings = SessionSettings(keywords: .standard.adding("XCLIENT", "NAME ADDR"))
let loops = try EventLoops()
let address = try loops.listen(on: .loopback(port: port)) { peer in
    let responder = Proxied(client: peer.address.host)
    return smtpStack(settings) { responder }
}
print("listening on", address)
fflush(nil)  // A pipe would get it at the end only.
pause()  // Until Ctrl-C.
