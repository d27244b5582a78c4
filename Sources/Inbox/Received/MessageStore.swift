/// The messages that an inbox keeps: up to a number of them, and up to a size of all their contents.
///
/// Each message has a number, in the order of arrival, which no other message ever has.
package struct MessageStore: Sendable {
    /// How many messages there may be.
    package let keep: Int
    /// How many bytes their contents may have together.
    package let keepBytes: Int
    /// The number of the oldest message that is kept, or of the next one where none is.
    package private(set) var oldest = 0
    /// The bytes of all contents that are kept.
    package private(set) var bytes = 0
    /// What is gone because there was no room.
    package private(set) var losses = Losses()
    /// The oldest first; those before `head` are gone.
    private var entries: [Entry?] = []
    private var head = 0
    /// Every message with a lower number is taken.
    private var firstUntaken = 0

    private struct Entry {
        let message: ReceivedMessage
        var isTaken: Bool
    }

    /// What a store has lost because there was no room.
    package struct Losses: Sendable, Hashable {
        /// Messages that made room for later ones.
        package var messages: Int
        /// Contents that alone were larger than all contents may be; their messages stayed.
        package var contents: Int

        package init(messages: Int = 0, contents: Int = 0) {
            self.messages = messages
            self.contents = contents
        }
    }

    package init(keep: Int, keepBytes: Int) {
        self.keep = keep
        self.keepBytes = keepBytes
    }

    package var count: Int { entries.count - head }

    /// All messages, the oldest first.
    package var messages: [ReceivedMessage] { first(count) }

    /// Up to `count` messages, the oldest first.
    package func first(_ count: Int) -> [ReceivedMessage] {
        entries[head...].prefix(max(0, count)).compactMap { $0?.message }
    }

    /// The message of a number; nil where it is gone, or has not come.
    package subscript(number: Int) -> ReceivedMessage? { entry(number)?.message }

    /// Keeps a message; where there is no room, the oldest go.
    ///
    /// A content that alone is larger than all may be goes instead, and the others stay.
    ///
    /// - Parameter isTaken: whether ``take(where:)`` passes over it.
    package mutating func append(_ message: ReceivedMessage, isTaken: Bool = false) {
        var message = message
        if message.content.count > keepBytes {
            message.dropContent()
            losses.contents += 1
        }
        entries.append(Entry(message: message, isTaken: isTaken))
        bytes += message.content.count
        while count > keep || bytes > keepBytes {
            removeOldest()
            losses.messages += 1
        }
    }

    /// Forgets all messages.
    package mutating func removeAll() {
        oldest += count
        bytes = 0
        entries = []
        head = 0
    }

    /// The first message that matches.
    package func first(where matches: (ReceivedMessage) -> Bool) -> ReceivedMessage? {
        for case let entry? in entries[head...] where matches(entry.message) {
            return entry.message
        }
        return nil
    }

    /// Takes the first message that nobody has taken and that matches.
    package mutating func take(where matches: (ReceivedMessage) -> Bool) -> ReceivedMessage? {
        firstUntaken = max(firstUntaken, oldest)
        while entry(firstUntaken)?.isTaken == true { firstUntaken += 1 }
        var number = firstUntaken
        while let entry = entry(number) {
            if !entry.isTaken, matches(entry.message) {
                entries[head + number - oldest]?.isTaken = true
                return entry.message
            }
            number += 1
        }
        return nil
    }

    private func entry(_ number: Int) -> Entry? {
        number >= oldest && number < oldest + count ? entries[head + number - oldest] : nil
    }

    private mutating func removeOldest() {
        bytes -= entries[head]?.message.content.count ?? 0
        entries[head] = nil
        head += 1
        oldest += 1
        // Each entry is moved once at the most for each that has gone.
        guard head > 32, head > entries.count / 2 else { return }
        entries.removeFirst(head)
        head = 0
    }
}
