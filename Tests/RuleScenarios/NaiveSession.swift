internal import BlackholePipeline
internal import BlackholeRules
internal import BlackholeSMTP

/// What a client has said so far, as it has said it.
final class NaiveSession {
    let world: NaiveWorld
    let peer: NetworkAddress
    let number: UInt64
    /// Carries what layers have to do; it decides nothing.
    let bag: RuleSession
    var facts = RuleFacts()
    var accepted: [String] = []
    /// The recipient that was asked about last.
    var current: String?
    var isInMessage = false
    var messages: UInt64 = 0
    var hasAskedData = false
    var dataOutcome: NaiveOutcome?
    var contentOutcome = NaiveOutcome()
    var content: [UInt8] = []
    var triedUpTo: UInt64 = 0
    var isContentDecided = false
    var hasTriedContent = false
    var editMark = 0

    final class Link {
        weak var session: NaiveSession?
        init(_ session: NaiveSession) { self.session = session }
    }

    init(_ world: NaiveWorld, _ connection: RuleConnection, _ bag: RuleSession) {
        self.world = world
        self.bag = bag
        peer = connection.peer
        number = connection.number
        facts.peer = peer
        facts.listener = connection.listener
        facts.tls = connection.tls
        facts.serverName = connection.serverName
        world.sessions.append(Link(self))
        facts.open = { [unowned self] in openConnections($0) }
        facts.trips = { [unowned self] in world.trips($0, key($0, at: stage) ?? "") }
    }

    deinit { world.sessions.removeAll { $0.session == nil || $0.session === self } }

    private var stage = Stage.connect

    private func openConnections(_ keys: [Rule.Key]) -> UInt64 {
        let live = world.sessions.compactMap(\.session)
        if keys.isEmpty { return UInt64(live.count) }
        guard let own = openKey(keys) else { return 0 }
        return UInt64(live.count { $0.openKey(keys) == own })
    }

    private func openKey(_ keys: [Rule.Key]) -> String? {
        let parts = keys.map { part($0, current) }
        return parts.contains(nil) ? nil : parts.map { $0 ?? "" }.joined(separator: "\u{1}")
    }

    /// What a rule counts by; "" without keys.
    func key(_ keys: [Rule.Key], at stage: Stage) -> String? {
        let recipient = stage == .recipient ? current : accepted.first
        return Rule.Key.allCases.filter(keys.contains)
            .map { part($0, recipient) ?? "\u{2}" }.joined(separator: "\u{1}")
    }

    private func part(_ key: Rule.Key, _ recipient: String?) -> String? {
        func domain(_ address: String?) -> String? {
            guard let address, let at = address.lastIndex(of: "@") else { return nil }
            return address[address.index(after: at)...].lowercased()
        }
        switch key {
        case .address, .network, .exactAddress:
            if case .ipv6(let high, _, _, _) = peer {
                return key == .network
                    ? "\(high >> 16)" : key == .address ? "\(high)" : peer.host
            }
            let parts = peer.host.split(separator: ".")
            return parts.prefix(key == .network ? 3 : 4).joined(separator: ".")
        case .hello: return facts.hello?.lowercased()
        case .sender: return facts.sender?.lowercased()
        case .senderDomain: return domain(facts.sender)
        case .recipient: return recipient?.lowercased()
        case .recipientDomain: return domain(recipient)
        case .user: return facts.user
        case .connection: return "\(number)"
        case .listener: return facts.listener
        }
    }

    // MARK: The search

    func search(_ stage: Stage, _ outcome: inout NaiveOutcome, at now: Instant) {
        for index in world.rules.indices where world.rules[index].stage == stage {
            attempt(index, &outcome, at: now)
            if outcome.isAnswered { return }
        }
    }

    func attempt(_ index: Int, _ outcome: inout NaiveOutcome, at now: Instant) {
        let rule = world.rules[index]
        stage = rule.stage
        let onlyCertificate = rule.outcome.alternatives.allSatisfy {
            $0.steps.allSatisfy { if case .certificate = $0 { true } else { false } }
        }
        guard !onlyCertificate else { return }
        facts.commands = bag.commands
        facts.messages = messages + (isInMessage ? 1 : 0)
        facts.recipients = accepted + (rule.stage == .recipient ? [current ?? ""] : [])
        let keys = rule.pacing.keys
        for test in rule.tests
        where !test.holds(for: facts, at: rule.stage, per: keys, lists: world.lists) { return }
        guard let key = key(keys, at: rule.stage),
            let match = world.decide(index, key, at: now)
        else { return }
        let count = match.count
        var draw = match.draw
        let alternatives = rule.outcome.alternatives
        var chosen = 0
        if rule.outcome.isRandom {
            let number = Double(draw.bits()) * 0x1p-64
            var sum = 0.0
            let found = rule.outcome.shares.firstIndex { share in
                sum += Double(share) / Double(Rule.Outcome.whole)
                return number < sum
            }
            guard let found else { return }
            chosen = found
        }
        for step in alternatives[chosen].steps {
            outcome.carryOut(step, at: rule.stage, &draw) { placeholder in
                value(placeholder, rule.stage, count)
            }
        }
    }

    private func value(_ placeholder: Placeholder, _ stage: Stage, _ count: UInt64) -> String {
        let recipient = (stage == .recipient ? current : accepted.first) ?? ""
        switch placeholder {
        case .address: return peer.host
        case .hello: return facts.hello ?? ""
        case .sender: return facts.sender ?? ""
        case .recipient: return recipient
        case .recipientDomain:
            return recipient.lastIndex(of: "@").map {
                String(recipient[recipient.index(after: $0)...])
            } ?? ""
        case .host: return world.host
        case .size:
            return "\(stage == .content || stage == .message ? facts.bytes : facts.size ?? 0)"
        case .count: return "\(count)"
        case .id, .date: return "?"
        }
    }

    func endMessage() {
        isInMessage = false
        accepted = []
        current = nil
        facts.sender = nil
        facts.size = nil
        facts.bytes = 0
        facts.headers = []
        facts.hops = 0
        facts.parameters = []
        content = []
        hasAskedData = false
        dataOutcome = nil
        contentOutcome = NaiveOutcome()
        isContentDecided = false
        hasTriedContent = false
        triedUpTo = 0
        bag.effects.endsNow = nil
    }
}
