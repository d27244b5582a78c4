internal import Synchronization

/// What has come to a server, and who waits for it.
///
/// It keeps up to a number of messages, and of contents up to a size: the oldest go first. Of
/// connections it keeps the transcripts of as many.
package final class Inbox: Sendable {
    /// Rings whenever there is more, or will be no more.
    package let bell = Bell()
    private let state: Mutex<State>

    private struct State {
        var messages: MessageStore
        var scribes: [Scribe] = []
        var isOver = false
        var room = WaitingRoom()
    }

    /// Makes an inbox.
    ///
    /// - Parameters:
    ///   - keep: how many messages it keeps.
    ///   - keepBytes: how many bytes of their contents.
    package init(keep: Int = 100_000, keepBytes: Int = 1 << 30) {
        state = Mutex(State(messages: MessageStore(keep: keep, keepBytes: keepBytes)))
    }

    /// All messages that it keeps.
    package var messages: [ReceivedMessage] { state.withLock { $0.messages.messages } }

    /// What it has lost because there was no room.
    package var losses: MessageStore.Losses { state.withLock { $0.messages.losses } }

    /// The transcripts of all connections that it keeps.
    package var transcripts: [Transcript] {
        state.withLock { $0.scribes.suffix($0.messages.keep) }.map(\.text)
    }

    /// Whether there will be no more.
    package var isOver: Bool { state.withLock { $0.isOver } }

    /// The message of a number, or the first after it that is kept; nil where none has come.
    ///
    /// - Parameter number: 0 for the first message of all; changed to the number after the message's.
    package func message(from number: inout Int) -> ReceivedMessage? {
        state.withLock { state in
            number = max(number, state.messages.oldest)
            guard let message = state.messages[number] else { return nil }
            number += 1
            return message
        }
    }

    package func add(_ message: ReceivedMessage) {
        state.withLock { state in
            let isTaken = state.room.giveAway(message)
            state.messages.append(message, isTaken: isTaken)
            state.room.give(message)
            state.room.ring(.count(state.messages.count))
        }
        bell.ring()
    }

    package func add(_ scribe: Scribe) {
        state.withLock { state in
            state.scribes.append(scribe)
            let surplus = state.scribes.count - state.messages.keep
            // Each is moved once at the most for each that has gone.
            if surplus > state.messages.keep { state.scribes.removeFirst(surplus) }
        }
    }

    /// Forgets all messages; the transcripts stay.
    package func clear() { state.withLock { $0.messages.removeAll() } }

    /// There will be no more.
    package func end() {
        state.withLock { state in
            state.isOver = true
            state.room.ringAll()
        }
        bell.ring()
    }
}

// MARK: Waiting

extension Inbox {
    /// Waits until there are as many messages, and returns the oldest of them.
    ///
    /// - Returns: nil when there is no more to come, or the time is over: as in all waits.
    package func first(_ count: Int, within time: Duration) async throws -> [ReceivedMessage]? {
        try await wait(.count(count), within: time) { _ in
            state.withLock { $0.messages.count >= count ? $0.messages.first(count) : nil }
        }
    }

    /// Waits for the first message that matches.
    package func message(
        _ criterion: Criterion, within time: Duration
    ) async throws -> ReceivedMessage? {
        try await wait(.message(to: criterion.recipient), criterion, within: time) { $0.gift }
    }

    /// Waits for the first message that matches and that no such wait has returned before.
    package func next(
        _ criterion: Criterion, within time: Duration
    ) async throws -> ReceivedMessage? {
        try await wait(.next(to: criterion.recipient), criterion, within: time) { $0.gift }
    }

    /// Waits until something is found.
    package func wait<Found>(
        within time: Duration, _ found: () throws -> Found?
    ) async throws -> Found? {
        let found = try await bell.wait(
            until: ContinuousClock.deadline(in: time), isOver: { isOver }, for: found)
        if found == nil { try Task.checkCancellation() }
        return found
    }

    private func wait<Found>(
        _ wish: Wish, _ criterion: Criterion = .any, within time: Duration,
        _ found: (Waiter) throws -> Found?
    ) async throws -> Found? {
        let deadline = ContinuousClock.deadline(in: time)
        let waiter = Waiter()
        enter(waiter, wish, criterion)
        defer { leave(waiter, wish) }
        let timer = Task {
            try? await Task.sleep(until: deadline, clock: .continuous)
            waiter.ring()
        }
        defer { timer.cancel() }
        var turns = Turns()
        while true {
            let isLast = Task.isCancelled || isOver || turns.areOver
            // After this nobody gives it anything that it would lose.
            if isLast { leave(waiter, wish) }
            if let found = try found(waiter) { return found }
            try Task.checkCancellation()
            guard !isLast else { return nil }
            if ContinuousClock.now >= deadline {
                await turns.giveOne()
            } else {
                await waiter.wait()
            }
        }
    }

    /// Has a task wait, or gives it at once what there is.
    private func enter(_ waiter: Waiter, _ wish: Wish, _ criterion: Criterion) {
        state.withLock { state in
            let message: ReceivedMessage? =
                switch wish {
                case .message: state.messages.first(where: criterion.matches)
                case .next: state.messages.take(where: criterion.matches)
                case .count: nil
                }
            if let message {
                waiter.give(message)
            } else {
                state.room.add(waiter, wish, criterion)
            }
        }
    }

    private func leave(_ waiter: Waiter, _ wish: Wish) {
        state.withLock { $0.room.remove(waiter, wish) }
    }
}

extension ContinuousClock {
    /// When a time will be over; a hundred years are the longest, for clocks cannot add much more.
    package static func deadline(in time: Duration) -> Instant {
        now + min(max(time, .zero), .forever)
    }
}

extension Duration {
    /// Longer than any test.
    package static var forever: Duration { .seconds(100 * 365 * 86_400) }
}
