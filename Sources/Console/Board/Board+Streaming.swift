package import BlackholePipeline

/// What a stream sends: an event, and the cursor after it.
package struct StreamItem: Sendable {
    /// What is said.
    package enum Kind: Sendable {
        /// What came before is not known: the client asks anew for what it needs.
        case reset(reason: String, dropped: Int?)
        /// With whether its content can be read.
        case message(Entry, isKept: Bool)
        case session(SessionSummary)
        /// Other rules are in force, of this version.
        case rules(tag: String)
    }

    package let kind: Kind
    package let cursor: Cursor
}

extension Board {
    /// Begins a stream.
    ///
    /// - Parameters:
    ///   - text: the cursor after which it begins, as the client sent it; nil for the present.
    ///   - waker: is called when something has happened.
    /// - Returns: its ticket, and where it begins; nil where it has to begin with a reset.
    package func stream(
        after text: String?, waking waker: Waker
    ) -> (ticket: Int, position: Int?) {
        poll()
        return withState { state in
            state.tickets += 1
            state.streams[state.tickets] = waker
            guard let text else { return (state.tickets, state.log.last) }
            let cursor = Cursor(text)
            return (state.tickets, cursor?.run == run ? cursor?.sequence : nil)
        }
    }

    /// What has happened after a position, up to a number of events; the position moves on.
    package func items(after position: inout Int?, atMost count: Int) -> [StreamItem] {
        poll()
        let start = position
        let (items, end) = withState { $0.items(after: start, atMost: count, run) }
        position = end
        return items
    }

    /// The cursor at a position; at the present without one.
    package func cursor(at position: Int?) -> Cursor {
        position.map { Cursor(run: run, sequence: $0) } ?? cursor
    }

    /// Has all streams look for what there is.
    package func wakeStreams() { withState { $0.wakeStreams() } }

    /// Ends a stream.
    package func endStream(_ ticket: Int) {
        withState { $0.streams[ticket] = nil }
    }
}

extension Board.State {
    fileprivate func items(
        after position: Int?, atMost count: Int, _ run: String
    ) -> ([StreamItem], Int) {
        guard let position, position <= log.last, position >= log.oldest - 1 else {
            let end = Cursor(run: run, sequence: log.last)
            let kind = StreamItem.Kind.reset(reason: "expired", dropped: nil)
            return ([StreamItem(kind: kind, cursor: end)], log.last)
        }
        var items: [StreamItem] = []
        var number = position
        while number < log.last, items.count < count {
            number += 1
            let kind: StreamItem.Kind? =
                switch log[number] {
                case .message(let entry):
                    .message(entry, isKept: store[entry.id]?.content != nil)
                case .session(let session): .session(session)
                case .rules(let tag): .rules(tag: tag)
                case .dropped(let count): .reset(reason: "dropped", dropped: count)
                case .deletion: .reset(reason: "deleted", dropped: nil)
                case .deleted, nil: nil
                }
            guard let kind else { continue }
            items.append(StreamItem(kind: kind, cursor: Cursor(run: run, sequence: number)))
        }
        return (items, number)
    }
}
