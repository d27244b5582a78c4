/// What a client may send, and how long it may take.
package struct HTTPLimits: Sendable {
    /// The bytes of a request line; more is 414.
    package var requestLine = 8 * 1024
    /// The bytes of a head, and of trailers; more is 431.
    package var head = 16 * 1024
    /// The fields of a head; more is 431.
    package var fields = 100
    /// The bytes of a line that gives the size of a chunk, with what extends it; more is 400.
    package var chunkLine = 256
    /// The bytes of a body, which is held until it is complete; more is 413.
    ///
    /// A responder may allow less, see ``HTTPResponder/maximumBody(of:)``.
    package var body = 1024 * 1024
    /// The time for a head, which no byte of it renews.
    package var headTime: Duration = .seconds(10)
    /// The time for a body, which no byte of it renews.
    package var bodyTime: Duration = .seconds(30)
    /// The time for a client to take what a response or a stream has said so far, 64 KiB or so.
    package var sendTime: Duration = .seconds(30)
    /// The time that a client may keep a connection between requests.
    package var idle: Duration = .seconds(60)

    package init() {}
}
