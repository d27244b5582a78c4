package import BlackholeInbox

/// An entry with its message, if that is kept; a message of the mailbox where it was accepted.
package struct KeptMail: Sendable {
    package let entry: Entry
    package let message: ReceivedMessage?
    package let isRead: Bool

    package init(_ entry: Entry, _ message: ReceivedMessage?, isRead: Bool) {
        self.entry = entry
        self.message = message
        self.isRead = isRead
    }
}

/// What the mailbox holds, in numbers.
package struct MailboxCounts: Sendable, Equatable {
    package var total = 0
    package var unread = 0
    /// Those that a client has deleted.
    package var deleted = 0
}

extension Board {
    /// The messages that were accepted and match, the newest first, and what there is in all.
    ///
    /// They are looked at outside of the lock, so that a long search holds nobody up.
    package func mailbox(
        where matches: (KeptMail) -> Bool = { _ in true }
    ) -> (mail: [KeptMail], counts: MailboxCounts) {
        poll()
        let (all, deleted) = withState { state in
            (state.store.mailbox.map(KeptMail.init), state.store.deletions)
        }
        let counts = MailboxCounts(
            total: all.count, unread: all.count { !$0.isRead }, deleted: deleted)
        return (all.filter(matches), counts)
    }

    /// The message of an id: one that was accepted, or whose content is kept though it was refused.
    package func mail(_ id: String) -> KeptMail? {
        poll()
        return withState { state in
            state.store[id].map(KeptMail.init).flatMap {
                $0.entry.outcome == .accepted || $0.message != nil ? $0 : nil
            }
        }
    }

    /// Marks messages.
    package func mark(_ ids: [String], isRead: Bool) {
        withState { $0.store.mark(ids, isRead: isRead) }
    }

    /// Deletes messages; ids that are not there count for nothing.
    package func delete(_ ids: [String]) {
        withState { state in
            let before = state.store.deletions
            state.store.remove(ids)
            guard state.store.deletions > before else { return }
            state.log.forget(Set(ids))
            state.log.append(.deletion)
            state.wakeStreams()
        }
    }

    /// The sessions that match, the newest first.
    ///
    /// What only a transaction has is looked for in the entries that are kept.
    package func sessions(_ filter: EntryFilter) -> [SessionSummary] {
        poll()
        return withState { state in
            let sessions = state.sessions.all.filter { filter.matches($0) }
            guard !filter.isOfSessions else { return sessions }
            let ids = Set(
                state.store.items.lazy.filter { filter.matches($0.entry, $0.message) }
                    .map(\.entry.session))
            return sessions.filter { ids.contains($0.id) }
        }
    }

    /// The session of an id.
    package func session(_ id: String) -> SessionSummary? {
        poll()
        return withState { $0.sessions[id] }
    }

    /// The entries that match, whatever became of them, the newest first.
    package func entries(where matches: (KeptMail) -> Bool) -> [KeptMail] {
        poll()
        return withState { $0.store.items.reversed().map(KeptMail.init) }.filter(matches)
    }

    /// The entry of an id, whatever became of it.
    package func anyMail(_ id: String) -> KeptMail? {
        poll()
        return withState { $0.store[id].map(KeptMail.init) }
    }
}

extension KeptMail {
    init(_ item: MailStore.Item) {
        self.init(item.entry, item.message, isRead: item.isRead)
    }
}
