extension Rule {
    /// The tests that cannot hold together, each with the reason.
    var contradictions: [String] {
        guard tests.count > 1 || tests.first?.fact.isNumeric == true else { return [] }
        var warnings: [String] = []
        var isSeen: Set<Fact> = []
        for test in tests where isSeen.insert(test.fact).inserted {
            let same = tests.filter { $0.fact == test.fact }
            let isImpossible =
                test.fact.isNumeric ? isEmptyRange(same) : isContradictory(same, of: test.fact)
            if isImpossible {
                let words = same.map(\.description).joined(separator: " ")
                warnings.append("\(words): never holds")
            }
        }
        return warnings
    }

    /// Whether no number passes all tests.
    private func isEmptyRange(_ tests: [Test]) -> Bool {
        let isAbsent = tests.map { $0.operand == .absent }
        if isAbsent.contains(true) {
            // `size=none` goes with nothing but itself, `size!=none` with everything else.
            let wantsAbsent = tests.contains { $0.operand == .absent && $0.comparison == .equal }
            return wantsAbsent
                && tests.contains { $0.operand != .absent || $0.comparison == .unequal }
        }
        // The current one is counted.
        let countsItself: Set<Fact> = [.recipients, .messages, .commands, .open]
        var least: UInt64 = tests.first.map { countsItself.contains($0.fact) } == true ? 1 : 0
        var most = UInt64.max
        var excluded: Set<UInt64> = []
        for test in tests {
            guard case .number(let size) = test.operand else { continue }
            switch test.comparison {
            case .equal: (least, most) = (max(least, size.bytes), min(most, size.bytes))
            case .unequal: excluded.insert(size.bytes)
            case .greater: least = max(least, size.bytes + 1)
            case .less:
                guard size.bytes > 0 else { return true }
                most = min(most, size.bytes - 1)
            }
        }
        return least > most || least == most && excluded.contains(least)
    }

    /// Whether no text passes all tests, as far as that can be seen.
    private func isContradictory(_ tests: [Test], of fact: Fact) -> Bool {
        let wanted = tests.filter { $0.comparison == .equal }.map(\.operand)
        let excluded = tests.filter { $0.comparison == .unequal }.map(\.operand)
        if wanted.contains(where: { one in excluded.contains { one.isPart(of: $0) } }) {
            return true
        }
        if wanted.contains(.absent), wanted.contains(where: { $0 != .absent }) || !excluded.isEmpty
        {
            return true
        }
        // Of several recipients, each test may find another.
        if fact == .recipient, stage.hasAllRecipients { return false }
        return wanted.contains { one in wanted.contains { one.excludes($0) } }
    }
}

extension Rule.Operand {
    /// Whether all that it matches is matched by another, as far as that can be seen.
    func isPart(of other: Rule.Operand) -> Bool {
        if self == other { return true }
        switch (self, other) {
        case (.network(let block), .network(let other)): return other.contains(block)
        case (.text(let glob), .text(let other)):
            guard let literal = glob.literal else { return false }
            return other.matches(literal.span.bytes)
        case (.address(let pattern), .address(let other)):
            guard let address = pattern.exactAddress else { return false }
            return other.matches(address.span.bytes) == true
        case (.text, .encrypted): return true
        default: return false
        }
    }

    /// Whether nothing is matched by both, as far as that can be seen.
    fileprivate func excludes(_ other: Rule.Operand) -> Bool {
        switch (self, other) {
        case (.network(let block), .network(let other)): return !block.overlaps(other)
        case (.text(let glob), .text(let other)):
            guard let literal = glob.literal else { return false }
            return !other.matches(literal.span.bytes)
        case (.address(let pattern), .address(let other)):
            if let address = pattern.exactAddress {
                return other.matches(address.span.bytes) == false
            }
            guard let domain = pattern.exactDomain, let otherDomain = other.exactDomain else {
                return false
            }
            return !domain.elementsEqual(otherDomain)
        default: return false
        }
    }
}
