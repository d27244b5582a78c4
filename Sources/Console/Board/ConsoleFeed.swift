/// What has happened, as the server reports it.
package enum ConsoleReport: Sendable {
    /// A transaction has ended, and its reply is written; with the content where it is kept.
    case message(Entry, content: [UInt8]?)
    /// A session has begun, changed or ended.
    indirect case session(SessionSummary)
    /// Reports that were lost, since there was no room for them.
    case dropped(Int)
}

/// Where the console hears what has happened: it asks, and nobody wakes it.
///
/// One board has a feed for itself, and asks under its own lock: the rings of the loops need no other
/// consumer.
package protocol ConsoleFeed: Sendable {
    /// Takes what has happened since the last call, the oldest first.
    func take() -> [ConsoleReport]

    /// Takes back what is no longer kept, so that its memory is freed by the thread that took it.
    ///
    /// Memory that one thread takes and another frees has both wait for one lock.
    func giveBack(_ spent: consuming [ConsoleReport])

    /// How many messages lost their contents on the way.
    var lostContents: Int { get }
    /// The bytes that are on the way.
    var heldBytes: Int { get }
}

extension ConsoleFeed {
    package var lostContents: Int { 0 }
    package var heldBytes: Int { 0 }
    package func giveBack(_ spent: consuming [ConsoleReport]) {}
}
