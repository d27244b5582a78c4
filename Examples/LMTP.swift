// LMTP (RFC 2033): a message has a reply for each recipient; some get it, and others do not.
// All are welcome at RCPT; at the end of the message those at full.example are refused for now,
// those at gone.example for good.
//
//     swift run LMTP 2424
//     swaks --protocol LMTP --server 127.0.0.1:2424 --to a@a.example,b@full.example,c@gone.example

import BlackholePipeline
import BlackholeSMTP
import Glibc

/// Delivers to each recipient for itself.
struct Delivery: Responder {
    /// What the recipients of the message under way will hear, in their order.
    var answers: [Answer] = []

    mutating func mail(
        _ mail: MailCommand, in line: RawSpan, _ context: inout Context
    ) -> Answer {
        answers = []
        return .accept
    }

    mutating func recipient(
        _ recipient: RecipientCommand, in line: RawSpan, _ context: inout Context
    ) -> Answer {
        let address = line.text(recipient.path).lowercased()
        if address.hasSuffix("@full.example") {
            answers.append(.reply(452, EnhancedCode(4, 2, 2), "Mailbox full"))
        } else if address.hasSuffix("@gone.example") {
            answers.append(.reply(550, EnhancedCode(5, 1, 6), "Has moved"))
        } else {
            answers.append(.accept)
        }
        return .accept
    }

    mutating func deliver(
        _ message: IncomingMessage, to recipient: Int, _ context: inout Context
    ) -> Answer { answers[recipient] }
}

let port = CommandLine.arguments.dropFirst().first.flatMap { UInt16($0) } ?? 0
let settings = SessionSettings(protocol: .lmtp)
let loops = try EventLoops()
let address = try loops.listen(on: .loopback(port: port)) { _ in
    smtpStack(settings) { Delivery() }
}
print("listening on", address)
fflush(nil)  // A pipe would get it at the end only.
pause()  // Until Ctrl-C.
