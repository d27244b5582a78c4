/// Those who wait for an inbox, by what they wait for: an arrival concerns few of them.
struct WaitingRoom {
    private var queues: [Wish: [Member]] = [:]

    private struct Member {
        let waiter: Waiter
        let criterion: Criterion
    }

    mutating func add(_ waiter: Waiter, _ wish: Wish, _ criterion: Criterion) {
        queues[wish, default: []].append(Member(waiter: waiter, criterion: criterion))
    }

    mutating func remove(_ waiter: Waiter, _ wish: Wish) {
        queues[wish]?.removeAll { $0.waiter === waiter }
        if queues[wish]?.isEmpty == true { queues[wish] = nil }
    }

    /// Gives a message to all who wait for it, and want to see it only.
    mutating func give(_ message: ReceivedMessage) {
        forEachWish(Wish.message, message) { wish in
            queues[wish]?.removeAll { member in
                guard member.criterion.matches(message) else { return false }
                member.waiter.give(message)
                return true
            }
        }
    }

    /// Gives a message to the first who waits for it to take it: those who want only mail to a
    /// single recipient come before all others.
    ///
    /// - Returns: whether there is such a one.
    mutating func giveAway(_ message: ReceivedMessage) -> Bool {
        var isGiven = false
        forEachWish(Wish.next, message) { wish in
            guard !isGiven,
                let index = queues[wish]?.firstIndex(where: { $0.criterion.matches(message) })
            else { return }
            queues[wish]?.remove(at: index).waiter.give(message)
            isGiven = true
        }
        return isGiven
    }

    private func forEachWish(
        _ wish: (String?) -> Wish, _ message: ReceivedMessage, _ body: (Wish) -> Void
    ) {
        guard !queues.isEmpty else { return }
        for recipient in message.recipients { body(wish(recipient.lowercased())) }
        body(wish(nil))
    }

    /// Rings for those who wait for a wish.
    func ring(_ wish: Wish) {
        for member in queues[wish] ?? [] { member.waiter.ring() }
    }

    /// Rings for all.
    func ringAll() {
        for member in queues.values.joined() { member.waiter.ring() }
    }
}

/// What a task waits for.
enum Wish: Hashable {
    /// As many messages.
    case count(Int)
    /// A message to a recipient, in lower case, even if others get it too; nil where there are several.
    case message(to: String?)
    /// A message to a recipient that nobody else takes.
    case next(to: String?)
}

/// Which messages are waited for.
package struct Criterion: Sendable {
    /// The one recipient, in lower case, whose mail matches; nil where there may be others.
    let recipient: String?
    let matches: @Sendable (ReceivedMessage) -> Bool

    /// Any message.
    static let any = Criterion(recipients: { _ in true })

    /// The messages to one recipient, in any case.
    package init(recipient: String) {
        let recipient = recipient.lowercased()
        self.recipient = recipient
        matches = { $0.recipients.contains { $0.lowercased() == recipient } }
    }

    /// The messages to recipients that match, which is asked on the loops, under a lock.
    package init(recipients matches: @escaping @Sendable (String) -> Bool) {
        recipient = nil
        self.matches = { $0.recipients.contains(where: matches) }
    }
}
