package import BlackholePipeline
package import BlackholeSMTP

/// Measures one session: how long replies and transactions take, how it ends.
package struct SessionMeter: Sendable {
    private let loop: LoopMeters
    /// What the next reply answers, and since when.
    private var asked = RefusalStage.connect
    private var askedAt: Instant
    /// When the transaction began.
    private var began: Instant?
    /// The last stage that went well; nil while the client has said nothing.
    private var reached: RefusalStage?

    /// Begins with a connection's first reply, and counts the connection.
    ///
    /// - Parameter listener: the listener's name.
    package init(_ loop: LoopMeters, on listener: String, at now: Instant = .now) {
        self.loop = loop
        askedAt = now
        loop.opened(on: listener)
    }

    /// A command has come, or a line that is none.
    package mutating func received(_ verb: Verb, at now: Instant = .now) {
        ask(RefusalStage(verb), now)
        if verb == .mail { began = now }
    }

    /// A message's content, or a chunk of it, has come to its end.
    package mutating func receivedContent(at now: Instant = .now) { ask(.message, now) }

    private mutating func ask(_ stage: RefusalStage, _ now: Instant) {
        (asked, askedAt) = (stage, now)
        reached = reached ?? .connect
    }

    /// A reply is said; of several lines, the last.
    package mutating func said(_ code: Int, at now: Instant = .now) {
        loop.replied(at: asked, code, after: askedAt.elapsed(to: now))
        if code < 400, reached != nil, asked != .other { reached = asked }
        // Another recipient's reply (LMTP) counts from this one.
        askedAt = now
    }

    /// A transaction was answered.
    package mutating func completed(_ entry: Entry, at now: Instant = .now) {
        loop.completed(entry, after: (began ?? now).elapsed(to: now))
    }

    /// A transaction was given up that was not answered.
    package func aborted() { loop.aborted() }

    /// The session is over.
    ///
    /// - Parameter isHealthCheck: whether the client is no sender, which cannot be lost.
    package func closed(_ ending: SessionSummary.Ending, isHealthCheck: Bool = false) {
        loop.ended(ending)
        guard let reached, !isHealthCheck else { return }
        switch ending {
        case .eof, .reset, .timeout: loop.lost(after: reached)
        case .quit, .rule, .limit: break
        }
    }
}

extension Instant {
    /// The nanoseconds until a later instant; 0 where it is none.
    fileprivate func elapsed(to later: Instant) -> UInt64 {
        UInt64(clamping: later.nanoseconds &- nanoseconds)
    }
}
