package import BlackholePipeline
package import BlackholeSMTP

/// Hears a connection from its beginning to its end, and what is said in between.
package protocol ConnectionObserver: SessionObserver {
    /// The connection is established.
    func opened(at now: Instant)

    /// The connection is secured, by this in words.
    func secured(by tls: String)

    /// The connection is gone.
    func closed(at now: Instant)
}

/// All that is logged of a connection: its session line by line, its messages, or both.
///
/// It outlives STARTTLS, which the layers inside do not.
package final class ConnectionRecord: ConnectionObserver {
    private let session: SessionRecord?
    private let messages: MessageRecord?

    /// Makes a record of those that are wanted.
    package init(session: SessionRecord?, messages: MessageRecord?) {
        self.session = session
        self.messages = messages
    }

    package func opened(at now: Instant) {
        session?.opened(at: now)
    }

    package func secured(by tls: String) {
        session?.secured(by: tls)
        messages?.secured(by: tls)
    }

    package func closed(at now: Instant) {
        session?.closed(at: now)
    }

    package func received(command line: RawSpan) {
        session?.received(command: line)
        messages?.received(command: line)
    }

    package func receivedOverlongLine() {
        session?.receivedOverlongLine()
        messages?.receivedOverlongLine()
    }

    package func received(contentBytes bytes: Int) {
        session?.received(contentBytes: bytes)
        messages?.received(contentBytes: bytes)
    }

    package func said(_ replies: RawSpan) {
        session?.said(replies)
        messages?.said(replies)
    }
}
