// Greylisting: who mails from this address, as this sender, to this recipient for the first time is
// told to come again. A mail server does, and a spammer's program often does not.
//
//     swift run Greylisting 2525
//     swaks --server 127.0.0.1:2525 --to you@example.org      # 451 4.7.1
//     swaks --server 127.0.0.1:2525 --to you@example.org      # 250

import BlackholePipeline
import BlackholeSMTP
import Glibc
import Synchronization

/// Who has mailed whom from where: what all connections share, whichever loop they are on.
final class Acquaintances: Sendable {
    struct Triple: Hashable {
        let client, sender, recipient: String
    }

    private let known = Mutex<Set<Triple>>([])

    /// Whether they were strangers so far.
    func meet(_ triple: Triple) -> Bool {
        known.withLock { $0.insert(triple).inserted }
    }
}

/// Refuses strangers for now.
struct Greylisting: Responder {
    let acquaintances: Acquaintances
    let client: String
    var sender = ""

    mutating func mail(
        _ mail: MailCommand, in line: RawSpan, _ context: inout Context
    ) -> Answer {
        sender = line.text(mail.path)
        return .accept
    }

    mutating func recipient(
        _ recipient: RecipientCommand, in line: RawSpan, _ context: inout Context
    ) -> Answer {
        let recipient = line.text(recipient.path)
        guard
            acquaintances.meet(.init(client: client, sender: sender, recipient: recipient))
        else { return .accept }
        return .reply(451, EnhancedCode(4, 7, 1), "Greylisted, please come again")
    }
}

let port = CommandLine.arguments.dropFirst().first.flatMap { UInt16($0) } ?? 0
let settings = SessionSettings()
let acquaintances = Acquaintances()
let loops = try EventLoops()
let address = try loops.listen(on: .loopback(port: port)) { peer in
    let responder = Greylisting(acquaintances: acquaintances, client: peer.address.host)
    return LineFraming { DataDiscard { SMTPSession(settings, responder) } }
}
print("listening on", address)
fflush(nil)  // A pipe would get it at the end only.
pause()  // Until Ctrl-C.
