// What is said, as it is said: the client's lines in blue, replies in green, refusals in red.
// Colours only on a terminal, and only if NO_COLOR is not set (https://no-color.org).
//
//     swift run Transcript 2525
//     swaks --server 127.0.0.1:2525 --to you@example.org

import BlackholePipeline
import BlackholeSMTP
import Glibc

enum Colour: Int {
    case red = 31
    case green = 32
    case blue = 34

    static let areWanted =
        isatty(STDOUT_FILENO) == 1 && (getenv("NO_COLOR").map { $0.pointee == 0 } ?? true)
}

/// Prints what is said on one connection.
struct Transcript: SessionObserver {
    let connection: UInt64

    func received(command line: RawSpan) { tell("C: " + line.text, .blue) }

    func receivedOverlongLine() { tell("C: (a line that is too long)", .blue) }

    func received(contentBytes bytes: Int) { tell("C: (\(bytes) bytes)", .blue) }

    func said(_ replies: RawSpan) {
        for line in replies.text.split(separator: "\r\n") {
            tell("S: " + line, "45".contains(line.prefix(1)) ? .red : .green)
        }
    }

    private func tell(_ text: String, _ colour: Colour) {
        // A client's escape sequences are not for this terminal.
        let safe = text.unicodeScalars.map {
            $0.properties.generalCategory == .control ? "\u{FFFD}" : String($0)
        }.joined()
        let start = Colour.areWanted ? "\u{1B}[\(colour.rawValue)m" : ""
        print("\(connection) \(start)\(safe)\(start.isEmpty ? "" : "\u{1B}[0m")")
        fflush(nil)  // A pipe would get it at the end only.
    }
}

let port = CommandLine.arguments.dropFirst().first.flatMap { UInt16($0) } ?? 0
let settings = SessionSettings()
// One loop, so that one thread prints, and it alone counts the connections.
let loops = try EventLoops(count: 1)
let address = try loops.listen(on: .loopback(port: port)) { peer in
    let transcript = Transcript(connection: peer.serial)
    return LineFraming {
        DataDiscard { ObservedSession(transcript) { SMTPSession(settings, BlackHole()) } }
    }
}
print("listening on", address)
fflush(nil)
pause()  // Until Ctrl-C.
