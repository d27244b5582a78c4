internal import BlackholePipeline
package import BlackholeRules

/// Hands a message's content to the journal, besides what reads the message's own requests in it.
package struct RecordedContent<Requests: RequestReading>: RequestReading {
    private var requests = Requests()
    private let journal: SessionJournal?

    /// Creates what hands nothing on.
    package init() { journal = nil }

    /// Creates what hands content on.
    package init(_ journal: SessionJournal) { self.journal = journal }

    package static var readsContent: Bool { true }

    package var isOver: Bool { requests.isOver && journal?.wantsContent != true }

    package mutating func read(_ content: RawSpan, _ report: (RequestFault) -> Void) {
        journal?.received(content: content)
        if !requests.isOver { requests.read(content, report) }
    }

    package mutating func take(_ report: (RequestFault) -> Void) -> MessageRequest {
        requests.take(report)
    }

    package mutating func reset() { requests.reset() }
}
