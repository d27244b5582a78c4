internal import BlackholePipeline
internal import BlackholeSMTP
internal import Synchronization

/// Writes the transcript of one connection, up to a size.
package final class Scribe: SessionObserver {
    private let log = Transcript.Log()
    /// How many bytes may still be written.
    private let room: Mutex<Int>

    /// Creates the scribe of a new connection, which the inbox keeps.
    ///
    /// - Parameter maximumBytes: how much it writes; what follows is left out.
    package init(in inbox: Inbox, maximumBytes: Int = 16 << 20) {
        room = Mutex(maximumBytes)
        inbox.add(self)
    }

    /// What was said so far; it costs no copy of it.
    package var text: Transcript { Transcript(log, count: log.count) }

    package func note(_ event: String) { add(.nobody, event) }

    package func received(command line: RawSpan) {
        add(.client, line.text(0..<line.byteCount))
    }

    package func receivedOverlongLine() { add(.client, "(a line that is too long)") }

    package func received(contentBytes bytes: Int) { note("\(bytes) bytes of content") }

    package func said(_ replies: RawSpan) {
        for line in replies.text(0..<replies.byteCount).split(separator: "\r\n") {
            add(.server, String(line))
        }
    }

    /// Writes a line: for an observer of its own, which blanks what nobody may read.
    package func add(_ speaker: Transcript.Speaker, _ text: String) {
        room.withLock { room in
            guard room > 0 else { return }
            room -= text.utf8.count + Scribe.bytesPerLine
            log.append(Transcript.Line(speaker: speaker, text: text))
            guard room <= 0 else { return }
            log.append(Transcript.Line(speaker: .nobody, text: "what follows is not kept"))
        }
    }

    /// What a line costs besides its text.
    private static let bytesPerLine = 32
}
