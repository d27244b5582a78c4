internal import BlackholeHTTP
internal import BlackholeInbox
package import BlackholePipeline

extension Board {
    /// Begins a wait.
    ///
    /// - Parameter waker: is called when it is worth while to ask how the wait goes on.
    /// - Returns: its ticket, and how it stands.
    package func wait(
        for wish: Wish, waking waker: Waker
    ) throws(Problem) -> (ticket: Int, state: WaitState) {
        guard isKeeping else {
            throw Problem(409, "nothing is kept, so nothing can be waited for: set 'keep'")
        }
        poll()
        return try withState { (state) throws(Problem) in
            let found = try state.matches(wish, run: run)
            state.tickets += 1
            state.waits[state.tickets] = PendingWait(
                wish, found, last: state.log.last, waker)
            return (state.tickets, state.state(of: state.tickets, run))
        }
    }

    /// How a wait stands.
    package func state(of ticket: Int) -> WaitState {
        poll()
        return withState { $0.state(of: ticket, run) }
    }

    /// Ends a wait.
    package func endWait(_ ticket: Int) {
        withState { $0.waits[ticket] = nil }
    }
}

extension Board.State {
    /// What has come of a wish already.
    fileprivate func matches(_ wish: Wish, run: String) throws(Problem) -> [Entry] {
        guard let after = wish.after else {
            return store.items.lazy.filter { wish.filter.matches($0.entry, $0.message) }
                .map(\.entry)
        }
        guard after.run == run, after.sequence <= log.last else {
            throw Problem(410, "the cursor is of another run of the server")
        }
        guard after.sequence >= log.oldest - 1 else {
            // What was forgotten may be sessions alone: all entries may still be there.
            guard after.sequence >= max(store.lastLoss, lastDrop) else {
                throw Problem(410, "the cursor is too old: what came next is no longer kept")
            }
            return store.items.lazy
                .filter {
                    $0.sequence > after.sequence && wish.filter.matches($0.entry, $0.message)
                }
                .map(\.entry)
        }
        var found: [Entry] = []
        var lost = 0
        for number in after.sequence + 1..<log.last + 1 {
            switch log[number] {
            case .message(let entry):
                if wish.filter.matches(entry, store[entry.id]?.message) { found.append(entry) }
            case .dropped(let count): lost += count
            default: break
            }
        }
        if lost > 0 { throw .dropped(lost) }
        return found
    }

    fileprivate func state(of ticket: Int, _ run: String) -> WaitState {
        waits[ticket]?.state(run: run) ?? .waiting(seen: 0)
    }
}
