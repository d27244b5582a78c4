extension ProgramBuilder {
    /// The bucket of a rule with this test, if the test is for one address or domain.
    mutating func exactKey(_ test: Rule.Test, at stage: Stage) -> (StageTable.Key, UInt32)? {
        guard test.comparison == .equal else { return nil }
        switch test.fact {
        case .sender:
            switch name(test.operand, of: .sender) {
            case .address(let number): return (.senderAddress, number)
            case .domain(let number): return (.senderDomain, number)
            default: return nil
            }
        case .recipient where stage == .recipient:
            switch name(test.operand, of: .recipient) {
            case .address(let number): return (.recipientAddress, number)
            case .domain(let number): return (.recipientDomain, number)
            default: return nil
            }
        default: return nil
        }
    }

    /// The recipients that make a rule with this test a candidate, after they were accepted.
    mutating func exactRecipient(_ test: Rule.Test, at stage: Stage) -> Recipients? {
        guard test.fact == .recipient, test.comparison == .equal, stage.hasAllRecipients else {
            return nil
        }
        return name(test.operand, of: .recipient)
    }

    /// One address or domain, by its number; nil for any other operand.
    mutating func name(_ operand: Rule.Operand, of fact: Fact) -> Recipients? {
        guard case .address(let pattern) = operand else { return nil }
        let isNamed = fact == .sender ? senders.insert(pattern) : recipients.insert(pattern)
        guard isNamed else { return nil }
        if let domain = pattern.exactDomain { return .domain(domains.insert(domain)) }
        if let address = pattern.exactAddress { return .address(addresses.insert(address)) }
        return nil
    }

    /// Appends the checks of a test.
    mutating func append(_ test: Rule.Test, at stage: Stage, _ parts: KeyParts) {
        let isEqual = test.comparison == .equal
        let isAbsence = test.operand == .absent
        switch test.fact {
        case .peer, .listener, .tls, .serverName, .hello, .user, .sender:
            appendLasting(test)
        case .recipient: appendRecipient(test, at: stage)
        case .size where isAbsence: checks.append(.hasSize(!isEqual))
        case .size: append(.size, test)
        case .bytes: append(.bytes, test)
        case .recipients: append(.recipients, test)
        case .messages: append(.messages, test)
        case .commands: append(.commands, test)
        case .hops:
            _ = headerPlace("received")
            append(.hops, test)
        case .open:
            append(test) { [place = openPlace(parts)] in .open(place, $0, $1) }
        case .trips:
            append(test) { .trips($0, $1) }
        case .header(let name): appendHeader(test, name)
        case .parameter(let name):
            let name = parameterPlace(name)
            if isAbsence {
                checks.append(.hasParameter(name, !isEqual))
            } else if let place = matcherPlace(test.operand) {
                checks.append(.parameter(name, place, wanted: isEqual))
            } else {
                checks.append(.never)
            }
        case .argument where isAbsence: checks.append(.hasArgument(!isEqual))
        case .verb: append(.verb, test)
        case .argument: append(.argument, test)
        case .password: append(.password, test)
        }
    }

    private mutating func append(_ number: Check.Number, _ test: Rule.Test) {
        append(test) { .number(number, $0, $1) }
    }

    private mutating func append(
        _ test: Rule.Test, _ check: (Rule.Comparison, UInt64) -> Check
    ) {
        guard case .number(let number) = test.operand else { return checks.append(.never) }
        checks.append(check(test.comparison, number.bytes))
    }

    private mutating func append(_ text: Check.Text, _ test: Rule.Test) {
        guard let place = matcherPlace(test.operand) else { return checks.append(.never) }
        checks.append(.text(text, place, wanted: test.comparison == .equal))
    }

    private mutating func appendLasting(_ test: Rule.Test) {
        guard let fact = LastingFact(test.fact) else { return checks.append(.never) }
        let isEqual = test.comparison == .equal
        switch test.operand {
        case .absent: checks.append(.bit(fact.presence, wanted: !isEqual))
        case .encrypted: checks.append(.bit(fact.presence, wanted: isEqual))
        default:
            if !isEqual { checks.append(.bit(fact.presence, wanted: true)) }
            if fact == .sender, let known = name(test.operand, of: .sender) {
                switch known {
                case .address(let number):
                    checks.append(.senderAddress(number, wanted: isEqual))
                case .domain(let number): checks.append(.senderDomain(number, wanted: isEqual))
                case .matching: checks.append(.never)
                }
            } else if let bit = lastingBit(fact, test) {
                checks.append(.bit(bit, wanted: isEqual))
            } else {
                checks.append(.never)
            }
        }
    }

    private mutating func appendRecipient(_ test: Rule.Test, at stage: Stage) {
        let isEqual = test.comparison == .equal
        guard stage == .recipient else {
            if !isEqual { checks.append(.hasRecipient) }
            guard let bit = recipientBit(test) else { return checks.append(.never) }
            return checks.append(.bit(bit | Check.isOfMessage, wanted: isEqual))
        }
        switch name(test.operand, of: .recipient) {
        case .address(let number): checks.append(.recipientAddress(number, wanted: isEqual))
        case .domain(let number): checks.append(.recipientDomain(number, wanted: isEqual))
        default:
            guard let place = matcherPlace(test.operand) else { return checks.append(.never) }
            checks.append(.recipient(place, wanted: isEqual))
        }
    }

    private mutating func appendHeader(_ test: Rule.Test, _ name: String) {
        let isEqual = test.comparison == .equal
        let field = headerPlace(name)
        let presence = Rule.Test(test.fact, .equal, .absent)
        guard let bit = headerBit(field, test), let there = headerBit(field, presence) else {
            return checks.append(.never)
        }
        if test.operand == .absent {
            checks.append(.bit(there | Check.isOfMessage, wanted: !isEqual))
        } else {
            if !isEqual { checks.append(.bit(there | Check.isOfMessage, wanted: true)) }
            checks.append(.bit(bit | Check.isOfMessage, wanted: isEqual))
        }
    }
}

extension Check {
    /// The mark of a bit that is counted from the first one of a message, while a program is made.
    static let isOfMessage: UInt32 = 1 << 31

    /// The check with its bit counted from the session's first one.
    func shifted(by shift: UInt32) -> Check {
        guard case .bit(let bit, let wanted) = self, bit & Check.isOfMessage != 0 else {
            return self
        }
        return .bit((bit ^ Check.isOfMessage) + shift, wanted: wanted)
    }
}

extension Rule.Test {
    /// The least number of bytes at which all of these tests hold; nil if there is none.
    static func firstCount(_ tests: [Rule.Test]) -> UInt64? {
        var (least, most): (UInt64, UInt64) = (0, .max)
        var excluded: Set<UInt64> = []
        for test in tests {
            guard case .number(let number) = test.operand else { return nil }
            switch test.comparison {
            case .equal: (least, most) = (max(least, number.bytes), min(most, number.bytes))
            case .unequal: excluded.insert(number.bytes)
            case .greater: least = max(least, number.bytes + 1)
            case .less:
                guard number.bytes > 0 else { return nil }
                most = min(most, number.bytes - 1)
            }
        }
        while excluded.contains(least) { least += 1 }
        return least <= most ? least : nil
    }
}
