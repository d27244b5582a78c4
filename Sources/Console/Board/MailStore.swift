internal import BlackholeInbox
internal import BlackholeSMTP

/// The entries that are kept, with their contents: up to a number, and up to a size of all contents, and of
/// what is unusually long of their envelopes.
///
/// An inbox of a test keeps messages only, and never loses one amid the others; here entries without a
/// message count, too, may be marked and deleted, and are found by their ids.
struct MailStore {
    /// An entry that is kept.
    struct Item {
        let entry: Entry
        /// Nil if none has come, or it was larger than all contents may be.
        let content: [UInt8]?
        fileprivate(set) var isRead = false
        /// The number of the event that it came with.
        let sequence: Int
        /// What it counts for.
        fileprivate let bytes: Int

        /// With its content, which is read anew each time: what is found in it is not kept.
        var message: ReceivedMessage? { content.map { ReceivedMessage(entry, content: $0) } }

        fileprivate init(_ entry: Entry, _ content: [UInt8]?, as sequence: Int) {
            self.entry = entry
            self.content = content
            self.sequence = sequence
            bytes = (content?.count ?? 0) + max(0, entry.bytes - MailStore.ordinaryEntry)
        }
    }

    /// The bytes of an entry that do not count.
    private static let ordinaryEntry = 2048

    /// How many entries are kept.
    let keep: Int
    /// How many bytes of contents.
    let keepBytes: Int
    /// Those that made room for later ones, and contents that were too large to be kept.
    private(set) var losses = (entries: 0, contents: 0)
    /// The number of the last event whose entry has made room.
    private(set) var lastLoss = 0
    /// Those that a client has deleted.
    private(set) var deletions = 0

    /// The oldest first; those before `head` are gone.
    private var slots: [Item?] = []
    private var head = 0
    /// The serial of the first slot: each item has one, in the order of arrival.
    private var firstSerial = 0
    private var serials: [String: Int] = [:]
    /// The bytes of contents, and of long envelopes.
    private(set) var bytes = 0
    /// How many of them were accepted.
    private(set) var acceptedCount = 0

    init(keep: Int, keepBytes: Int) {
        self.keep = keep
        self.keepBytes = keepBytes
    }

    /// How many there are.
    var count: Int { serials.count }

    /// All of them, the oldest first.
    var items: some BidirectionalCollection<Item> { slots[head...].lazy.compactMap { $0 } }

    /// Those whose message was accepted, the newest first: a mailbox.
    var mailbox: [Item] { items.reversed().filter { $0.entry.outcome == .accepted } }

    /// The item of an id.
    subscript(id: String) -> Item? { serials[id].flatMap { slots[$0 - firstSerial] } }

    /// Keeps an entry; where there is no room, the oldest go.
    ///
    /// A content that alone is larger than all may be is not kept, and the others stay.
    ///
    /// - Parameters:
    ///   - sequence: the number of the event that it comes with.
    ///   - spent: is given what had to go.
    mutating func append(
        _ entry: Entry, _ content: [UInt8]?, as sequence: Int, _ spent: inout [ConsoleReport]
    ) {
        guard keep > 0, serials[entry.id] == nil else { return }
        var content = content
        if let size = content?.count, size > keepBytes {
            content = nil
            losses.contents += 1
        }
        let item = Item(entry, content, as: sequence)
        serials[entry.id] = firstSerial + slots.count
        slots.append(item)
        note(item, by: 1)
        while count > keep || bytes > keepBytes {
            guard let item = removeOldest() else { continue }
            losses.entries += 1
            lastLoss = item.sequence
            spent.append(.message(item.entry, content: item.content))
        }
    }

    /// Marks entries as read or not.
    mutating func mark(_ ids: some Sequence<String>, isRead: Bool) {
        for id in ids {
            if let serial = serials[id] { slots[serial - firstSerial]?.isRead = isRead }
        }
    }

    /// Forgets entries; ids that are not there count for nothing.
    mutating func remove(_ ids: some Sequence<String>) {
        for id in ids {
            guard let serial = serials.removeValue(forKey: id) else { continue }
            if let item = slots[serial - firstSerial].take() { note(item, by: -1) }
            deletions += 1
        }
        while head < slots.count, slots[head] == nil { head += 1 }
        compact()
    }

    /// Counts an item that comes, or goes.
    private mutating func note(_ item: Item, by sign: Int) {
        bytes += sign * item.bytes
        if item.entry.outcome == .accepted { acceptedCount += sign }
    }

    /// Removes the first slot; nil if nothing was in it any more.
    private mutating func removeOldest() -> Item? {
        let item = slots[head].take()
        head += 1
        defer { compact() }
        guard let item else { return nil }
        note(item, by: -1)
        serials[item.entry.id] = nil
        return item
    }

    /// Gives back empty slots when they are most of all: each item is moved seldom.
    private mutating func compact() {
        guard slots.count > 1024, slots.count > 2 * count else { return }
        let items = slots.compactMap { $0 }
        firstSerial += slots.count
        slots = items
        head = 0
        for (index, item) in items.enumerated() { serials[item.entry.id] = firstSerial + index }
    }
}

extension ReceivedMessage {
    /// The message of an entry.
    init(_ entry: Entry, content: [UInt8]) {
        self.init(
            sender: entry.sender, recipients: entry.recipients, commands: [], hello: entry.hello,
            tls: nil, credentials: nil, content: content, transcript: Transcript(), id: .none)
    }
}
