extension RuleSet {
    /// What is probably not meant, in the order of the rules.
    public var warnings: [RuleWarning] {
        var warnings: [RuleWarning] = []
        var shadows = Shadows()
        for (index, entry) in entries.enumerated() {
            for message in entry.rule.warnings {
                warnings.append(RuleWarning(source: entry.source, message: message))
            }
            if let earlier = shadows.shadow(over: entry.rule, in: entries) {
                warnings.append(
                    RuleWarning(
                        source: entry.source,
                        message: "never reached: \(entries[earlier].source) answers before it"))
            } else {
                shadows.append(entry.rule, at: index)
            }
        }
        return warnings
    }
}

/// Finds rules that are never reached, since an earlier one answers whenever they would.
///
/// The earlier rules lie in a table by the sum of their tests' hashes, so that a rule costs a
/// number of look-ups that depends on its own tests only.
private struct Shadows {
    /// Earlier rules of a stage.
    private struct Table {
        var indices: [Int: Int] = [:]
        /// Whether one asks for a domain, which an address has, too.
        var hasDomain = false
    }

    /// Of how many tests all subsets are looked up; of more, only each by itself and all.
    private static let maximumTests = 6
    private static let maximumSums = 256
    private var tables: [Stage: Table] = [:]

    /// The earlier rule that answers whenever this one would.
    func shadow(over rule: Rule, in entries: [RuleSet.Entry]) -> Int? {
        guard let table = tables[rule.stage], !rule.outcome.choosesCertificate else { return nil }
        for sum in Shadows.sums(of: rule.tests, withDomains: table.hasDomain) {
            guard let index = table.indices[sum] else { continue }
            let other = entries[index].rule
            let isSubset = other.tests.allSatisfy { test in
                rule.tests.contains(where: test.follows)
            }
            if isSubset { return index }
        }
        return nil
    }

    mutating func append(_ rule: Rule, at index: Int) {
        guard rule.isUnconditional, !rule.outcome.choosesCertificate else { return }
        var table = tables.removeValue(forKey: rule.stage) ?? Table()
        let sum = Shadows.hashes(of: rule.tests).reduce(0) { $0 &+ $1.hash }
        if table.indices[sum] == nil { table.indices[sum] = index }
        table.hasDomain = table.hasDomain || rule.tests.contains(where: \.asksForDomain)
        tables[rule.stage] = table
    }

    /// The tests that differ, with their hashes.
    private static func hashes(of tests: [Rule.Test]) -> [(hash: Int, test: Rule.Test)] {
        var hashes: [(hash: Int, test: Rule.Test)] = []
        for test in tests {
            let hash = test.hashValue
            if !hashes.contains(where: { $0.hash == hash }) { hashes.append((hash, test)) }
        }
        return hashes
    }

    /// The sums of the subsets of tests, where a test may be replaced by one that follows from it.
    private static func sums(of tests: [Rule.Test], withDomains: Bool) -> [Int] {
        let hashes = hashes(of: tests)
        guard hashes.count <= maximumTests else {
            return [0] + hashes.map(\.hash) + [hashes.reduce(0) { $0 &+ $1.hash }]
        }
        var sums = [0]
        for (hash, test) in hashes {
            let others = withDomains ? test.consequences.map(\.hashValue) : []
            for index in sums.indices {
                sums.append(sums[index] &+ hash)
                guard sums.count < maximumSums else { return sums }
                for other in others { sums.append(sums[index] &+ other) }
            }
        }
        return sums
    }
}

extension Rule.Test {
    /// Whether this test holds whenever another does.
    fileprivate func follows(from other: Rule.Test) -> Bool {
        if self == other { return true }
        return fact == other.fact && comparison == .equal && other.comparison == .equal
            && other.operand.isPart(of: operand)
    }

    /// Whether every address of a domain passes.
    fileprivate var asksForDomain: Bool {
        guard case .address(let pattern) = operand else { return false }
        return pattern.exactDomain != nil
    }

    /// Tests that hold whenever this one does: of an address those of its domain.
    fileprivate var consequences: [Rule.Test] {
        guard comparison == .equal, case .address(let pattern) = operand,
            let address = pattern.exactAddress,
            let start = AddressPattern.startOfDomain(in: address.span.bytes)
        else { return [] }
        let domain = String(decoding: address[start...], as: UTF8.self)
        return ["@\(domain)", "*@\(domain)"].map {
            Rule.Test(fact, .equal, .address(AddressPattern($0)))
        }
    }
}
