/// What a responder reads a message's own requests with.
package protocol RequestReading: SendableMetatype {
    /// Creates what stands at the start of a message.
    init()
    /// Whether it reads content at all: a constant of the type.
    static var readsContent: Bool { get }
    /// Whether what follows in the message is not looked at.
    var isOver: Bool { get }
    /// Reads the next piece of the content.
    mutating func read(_ content: RawSpan, _ report: (RequestFault) -> Void)
    /// Returns what the message requests, at its end, and is ready for the next one.
    mutating func take(_ report: (RequestFault) -> Void) -> MessageRequest
    /// Forgets the message under way.
    mutating func reset()
}

/// Reads no request.
package struct NoRequests: RequestReading, Sendable {
    /// Creates what reads nothing.
    package init() {}

    package static var readsContent: Bool { false }
    package var isOver: Bool { true }
    package mutating func read(_ content: RawSpan, _ report: (RequestFault) -> Void) {}
    package mutating func take(_ report: (RequestFault) -> Void) -> MessageRequest {
        MessageRequest()
    }
    package mutating func reset() {}
}
