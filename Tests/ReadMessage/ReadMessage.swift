import BlackholeInbox
import BlackholePipeline
import Glibc

/// Reads a message from a file, so that others can measure what that costs: `all FILE`, or `text FILE TIMES`.
@main
enum ReadMessage {
    static func main() throws {
        let words = CommandLine.arguments.dropFirst()
        guard words.count >= 2, let what = words.first, let path = words.dropFirst().first else {
            print("usage: ReadMessage all FILE | text FILE TIMES")
            exit(64)
        }
        let content = try RegularFile(path, most: 1 << 30).bytes
        if what == "all" {
            print(readAll(of: MIMEMessage(content)))
        } else {
            for _ in 0..<(words.last.flatMap { Int($0) } ?? 1) { time(content) }
        }
    }

    /// Asks for all that a message can say.
    ///
    /// - Returns: how much that was.
    private static func readAll(of message: MIMEMessage) -> Int {
        var total = message.text.utf8.count + message.html.utf8.count + message.subject.utf8.count
        for addresses in [message.from, message.to, message.cc, message.bcc, message.replyTo] {
            total += addresses.count
        }
        total += message.headers.reduce(0) { $0 + $1.decoded.utf8.count }
        total += message.attachments.count + message.inlineParts.count + message.defects.count
        total += (message.date?.description ?? message.messageID ?? "").utf8.count
        for part in message.parts {
            total += part.headers.count + part.parameters.count + (part.fileName ?? "").utf8.count
            total += part.id.utf8.count + (part.contentID ?? "").utf8.count
            // The parts of a multipart have its bytes, too.
            guard part.parts.isEmpty else { continue }
            total += part.bytes.count + part.text.utf8.count
            total += part.message?.defects.count ?? 0
        }
        return total
    }

    /// Prints the CPU time of reading the text of a message, in microseconds.
    private static func time(_ content: [UInt8]) {
        let start = clock()
        let count = MIMEMessage(content).text.utf8.count
        print(clock() - start, count)
    }
}
