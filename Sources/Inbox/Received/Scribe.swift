internal import BlackholePipeline
package import BlackholeSMTP
internal import Synchronization

/// Writes the transcript of one connection.
package final class Scribe: SessionObserver {
    private let transcript = Mutex(Transcript())

    /// Makes the scribe of a new connection, which the inbox keeps.
    package init(in inbox: Inbox) {
        inbox.add(self)
    }

    /// What was said so far.
    package var text: Transcript { transcript.withLock { $0 } }

    package func note(_ event: String) { add(.nobody, event) }

    package func received(command line: RawSpan) {
        add(.client, line.text(0..<line.byteCount))
    }

    package func receivedOverlongLine() { add(.client, "(a line that is too long)") }

    package func received(contentBytes bytes: Int) { add(.client, "(\(bytes) bytes of content)") }

    package func said(_ replies: RawSpan) {
        for line in replies.text(0..<replies.byteCount).split(separator: "\r\n") {
            add(.server, String(line))
        }
    }

    private func add(_ speaker: Transcript.Speaker, _ text: String) {
        transcript.withLock { $0.lines.append(Transcript.Line(speaker: speaker, text: text)) }
    }
}
