internal import BlackholeInbox

/// The entries that are kept, with their messages: up to a number, and up to a size of all contents.
///
/// An inbox of a test keeps messages only, and never loses one amid the others; here entries without a
/// message count, too, may be marked and deleted, and are found by their ids.
struct MailStore {
    /// An entry that is kept.
    struct Item {
        let entry: Entry
        /// Nil if none has come, or its content was larger than all contents may be.
        fileprivate(set) var message: ReceivedMessage?
        fileprivate(set) var isRead = false

        /// The bytes that are kept of its content.
        fileprivate var bytes: Int { message?.content.count ?? 0 }
    }

    /// How many entries are kept.
    let keep: Int
    /// How many bytes of contents.
    let keepBytes: Int
    /// Those that made room for later ones, and contents that were too large to be kept.
    private(set) var losses = (entries: 0, contents: 0)
    /// Those that a client has deleted.
    private(set) var deletions = 0

    /// The oldest first; those before `head` are gone.
    private var slots: [Item?] = []
    private var head = 0
    /// The serial of the first slot: each item has one, in the order of arrival.
    private var firstSerial = 0
    private var serials: [String: Int] = [:]
    private var bytes = 0

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
    mutating func append(_ entry: Entry, _ message: ReceivedMessage?) {
        guard keep > 0, serials[entry.id] == nil else { return }
        var message = message
        if let size = message?.content.count, size > keepBytes {
            message = nil
            losses.contents += 1
        }
        let item = Item(entry: entry, message: message)
        serials[entry.id] = firstSerial + slots.count
        slots.append(item)
        bytes += item.bytes
        while count > keep || bytes > keepBytes {
            if removeOldest() { losses.entries += 1 }
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
            bytes -= slots[serial - firstSerial]?.bytes ?? 0
            slots[serial - firstSerial] = nil
            deletions += 1
        }
        while head < slots.count, slots[head] == nil { head += 1 }
        compact()
    }

    /// Removes the first slot; false if nothing was in it any more.
    private mutating func removeOldest() -> Bool {
        let item = slots[head]
        slots[head] = nil
        head += 1
        defer { compact() }
        guard let item else { return false }
        bytes -= item.bytes
        serials[item.entry.id] = nil
        return true
    }

    /// Gives back empty slots when they are most of all: each item is moved seldom.
    private mutating func compact() {
        guard slots.count > 64, slots.count > 2 * count else { return }
        let items = slots.compactMap { $0 }
        firstSerial += slots.count
        slots = items
        head = 0
        for (index, item) in items.enumerated() { serials[item.entry.id] = firstSerial + index }
    }
}
