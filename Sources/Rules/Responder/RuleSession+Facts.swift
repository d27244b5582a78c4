internal import BlackholePipeline

// What arrives in the course of a session. Each comparison is made here, once.
extension RuleSession {
    func hasBit(_ bit: UInt32) -> Bool {
        words[Int(bit >> 6)] & 1 << UInt64(bit & 63) != 0
    }

    func setBit(_ bit: UInt32) {
        words[Int(bit >> 6)] |= 1 << UInt64(bit & 63)
    }

    private func clearBit(_ bit: UInt32) {
        words[Int(bit >> 6)] &= ~(1 << UInt64(bit & 63))
    }

    /// Sets the bits of a fact that is present.
    func set(_ fact: LastingFact, _ text: RawSpan) {
        setBit(fact.presence)
        guard program.hasConditions & fact.bit != 0 else { return }
        let conditions = program.conditions[fact.rawValue]
        for index in conditions.indices {
            let bit = conditions[index].bit
            if conditions[index].matcher.matches(text) { setBit(bit) } else { clearBit(bit) }
        }
    }

    /// Clears the bits of a fact that is absent.
    func clear(_ fact: LastingFact) {
        guard hasBit(fact.presence) else { return }
        clearBit(fact.presence)
        if program.hasConditions & fact.bit != 0 {
            let conditions = program.conditions[fact.rawValue]
            for index in conditions.indices { clearBit(conditions[index].bit) }
        }
        switch fact {
        case .hello:
            hashes.hello = 0
            texts.hello.removeAll(keepingCapacity: true)
            refreshOpen(.helo)
        case .user:
            hashes.user = 0
            texts.user.removeAll(keepingCapacity: true)
            refreshOpen(.user)
        case .sender:
            senderNumbers = AddressNumbers()
            (hashes.sender, hashes.senderDomain) = (0, 0)
            if keeps(.sender) { texts.sender.removeAll(keepingCapacity: true) }
            refreshOpen([.from, .fromDomain])
        default: break
        }
    }

    /// The client has named itself.
    func setHello(_ name: RawSpan) {
        set(.hello, name)
        if program.keys.contains(.helo) { hashes.hello = hash(name) }
        RuleSession.copy(name, to: &texts.hello)
        refreshOpen(.helo)
    }

    /// The client says which user it is.
    func setUser(_ name: RawSpan) {
        set(.user, name)
        if program.keys.contains(.user) {
            var hasher = program.allTallies.hasher(for: [])
            hasher.add(.user, name)
            hashes.user = hasher.finished().bits | 1
        }
        RuleSession.copy(name, to: &texts.user)
        refreshOpen(.user)
    }

    /// A message begins.
    ///
    /// An empty address is the null reverse-path.
    func beginMessage(_ sender: RawSpan, size: UInt64?) {
        endMessage()
        isInMessage = true
        isFollowing = true
        if effects.hasMessage { effects.message = RuleEffects.Lasting() }
        self.size = size
        guard !sender.isEmpty else { return clear(.sender) }
        set(.sender, sender)
        if let filter = program.senderFilter, filter.passes(sender) {
            senderNumbers = program.numbers(of: sender)
        }
        if program.keys.contains(.from) { hashes.sender = hash(sender) }
        if program.keys.contains(.fromDomain) { hashes.senderDomain = domainHash(sender) }
        if keeps(.sender) { RuleSession.copy(sender, to: &texts.sender) }
        refreshOpen([.from, .fromDomain])
    }

    /// A recipient is to be decided.
    func beginRecipient(_ recipient: RawSpan) {
        recipientNumbers = AddressNumbers()
        if let filter = program.recipientFilter, filter.passes(recipient) {
            recipientNumbers = program.numbers(of: recipient)
        }
        if program.demandsPairs { recipientPairs = LetterPairs.bits(of: recipient) }
        if program.keys.contains(.to) { hashes.recipient = hash(recipient) }
        if program.keys.contains(.toDomain) { hashes.recipientDomain = domainHash(recipient) }
        refreshOpen([.to, .toDomain])
    }

    /// The recipient is accepted: later stages can ask about it.
    func accept(_ recipient: RawSpan) {
        recipients += 1
        if recipients == 1 {
            hashes.first = hashes.recipient
            hashes.firstDomain = hashes.recipientDomain
            if keeps(.recipient) { RuleSession.copy(recipient, to: &texts.recipient) }
        }
        if program.hasRecipientConditions {
            let conditions = program.recipientConditions
            for index in conditions.indices
            where conditions[index].demand & ~recipientPairs == 0
                && conditions[index].matcher.matches(recipient)
            {
                setBit(conditions[index].bit)
                hasCandidates = true
            }
        }
        let (address, domain) = (recipientNumbers.address, recipientNumbers.domain)
        if address > 0 { setBits(program.recipientBits.address[Int(address)]) }
        if domain > 0 { setBits(program.recipientBits.domain[Int(domain)]) }
    }

    private func setBits(_ bits: [UInt32]) {
        for bit in bits { setBit(bit) }
        if !bits.isEmpty { hasCandidates = true }
    }

    /// Nothing of the message under way counts any more.
    func endMessage() {
        isInMessage = false
        guard isFollowing else { return }
        isFollowing = false
        let (count, first) = program.words
        if count > first, hasCandidates || header?.hasSetBits == true {
            (words + first).update(repeating: 0, count: count - first)
        }
        hasCandidates = false
        recipientNumbers = AddressNumbers()
        (hashes.first, hashes.firstDomain) = (0, 0)
        if hashes.recipient | hashes.recipientDomain != 0 {
            (hashes.recipient, hashes.recipientDomain) = (0, 0)
            refreshOpen([.to, .toDomain])
        }
        recipients = 0
        bytes = 0
        size = nil
        hasAskedData = false
        nextContent = 0
        if let decided {
            decided.data = nil
            decided.content = Decision()
        }
        header?.reset()
        if keeps(.recipient) { texts.recipient.removeAll(keepingCapacity: true) }
        effects.endsNow = nil
        // Read by layers after the message was answered: what holds for it stays until the next.
    }

    /// Whether the text of a placeholder is kept.
    func keeps(_ text: KeptTexts) -> Bool { program.keptTexts.contains(text) }

    private static func copy(_ text: RawSpan, to bytes: inout [UInt8]) {
        bytes.removeAll(keepingCapacity: true)
        text.withUnsafeBytes { bytes.append(contentsOf: $0) }
    }

    /// The hash of a text in any case; never 0.
    private func hash(_ text: RawSpan) -> UInt64 {
        var hasher = program.allTallies.hasher(for: [])
        hasher.add(.from, foldingCaseOf: text)
        return hasher.finished().bits | 1
    }

    private func domainHash(_ address: RawSpan) -> UInt64 {
        guard let start = AddressPattern.startOfDomain(in: address) else { return 0 }
        return hash(address.extracting(start..<address.byteCount))
    }
}
