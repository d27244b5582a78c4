internal import BlackholePipeline

// What `per=` counts by, and the count of open connections.
extension RuleSession {
    /// Returns the key of a `per=`.
    ///
    /// At `rcpt` the recipient is the current one. Later it is the first that was accepted.
    func key(_ parts: KeyParts, at stage: Stage) -> TallyKey {
        var hasher = program.allTallies.hasher(for: parts)
        for part in [KeyParts.ip, .network, .exactIP] where parts.contains(part) {
            hasher.add(part, address: connection.peer)
        }
        add(.helo, hashes.hello, parts, to: &hasher)
        add(.from, hashes.sender, parts, to: &hasher)
        add(.fromDomain, hashes.senderDomain, parts, to: &hasher)
        let isCurrent = stage == .recipient
        add(.to, isCurrent ? hashes.recipient : hashes.first, parts, to: &hasher)
        add(
            .toDomain, isCurrent ? hashes.recipientDomain : hashes.firstDomain, parts,
            to: &hasher)
        add(.user, hashes.user, parts, to: &hasher)
        if parts.contains(.connection) {
            hasher.add(.connection, number: connection.number)
        }
        if parts.contains(.listener) {
            let name = connection.listener
            hasher.add(.listener, name.utf8.span.bytes)
        }
        return hasher.finished()
    }

    private func add(
        _ part: KeyParts, _ hash: UInt64, _ parts: KeyParts, to hasher: inout KeyHasher
    ) {
        guard parts.contains(part) else { return }
        if hash == 0 { hasher.addNone(part) } else { hasher.add(part, number: hash) }
    }

    /// Counts the connection under the keys that depend on facts which have changed.
    func refreshOpen(_ changed: KeyParts) {
        guard program.countsOpen else { return }
        for index in openKeys.indices {
            let parts = program.openKeys[index]
            guard !parts.isDisjoint(with: changed) else { continue }
            let isKnown = knows(parts)
            let stage = parts.isDisjoint(with: [.to, .toDomain]) ? Stage.message : .recipient
            let key = isKnown ? key(parts, at: stage) : nil
            guard key != openKeys[index] else { continue }
            leave(at: index)
            openKeys[index] = key
            if let key { program.allTallies.open.enter(key) }
        }
    }

    func leave(at index: Int) {
        if let key = openKeys[index] { program.allTallies.open.leave(key) }
        openKeys[index] = nil
    }

    /// The open connections: of all, or under a key of this connection.
    func open(_ place: UInt32) -> UInt64 {
        if place == Check.allConnections { return UInt64(program.allTallies.open.total) }
        guard let key = openKeys[Int(place)] else { return 0 }
        return UInt64(program.allTallies.open[key])
    }

    /// Whether all parts of a key are there.
    private func knows(_ parts: KeyParts) -> Bool {
        if parts.contains(.helo), hashes.hello == 0 { return false }
        if parts.contains(.from), hashes.sender == 0 { return false }
        if parts.contains(.fromDomain), hashes.senderDomain == 0 { return false }
        if parts.contains(.to), hashes.recipient == 0 { return false }
        if parts.contains(.toDomain), hashes.recipientDomain == 0 { return false }
        return !parts.contains(.user) || hashes.user != 0
    }
}
