package import BlackholePipeline
internal import BlackholeSMTP
internal import Synchronization

/// What is logged of the messages of a connection: a line for each, with the reply.
///
/// One for each connection; it outlives STARTTLS, which the layers inside do not.
package final class MessageRecord: ConnectionObserver {
    private let log: @Sendable (String) -> Void
    private let lines: Mutex<MessageLines>

    /// Makes a record.
    ///
    /// - Parameter log: takes a line; called on the connection's loop.
    package init(of peer: borrowing Peer, log: @escaping @Sendable (String) -> Void) {
        lines = Mutex(MessageLines(peer: "\(peer.address)"))
        self.log = log
    }

    package func opened(at now: Instant) {}

    package func secured(by tls: String) {
        lines.withLock { $0.secure(by: tls) }
    }

    package func closed(at now: Instant) {}

    package func received(command line: RawSpan) {
        lines.withLock { $0.take(command: line) }
    }

    package func receivedOverlongLine() {
        lines.withLock { $0.takeUnreadable() }
    }

    package func received(contentBytes bytes: Int) {
        lines.withLock { $0.take(contentByteCount: bytes) }
    }

    package func said(_ replies: RawSpan) {
        for reply in replies.text(0..<replies.byteCount).split(separator: "\r\n")
        where reply.dropFirst(3).first != "-" {
            if let line = lines.withLock({ $0.take(reply: reply) }) { log(line) }
        }
    }
}
