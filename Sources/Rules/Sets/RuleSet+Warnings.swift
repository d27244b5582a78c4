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
    /// Of how many tests all subsets are looked up; of more, only each by itself and all.
    private static let maximumTests = 6
    private var earlier: [Stage: [Int: Int]] = [:]

    /// The earlier rule that answers whenever this one would.
    func shadow(over rule: Rule, in entries: [RuleSet.Entry]) -> Int? {
        guard let table = earlier[rule.stage], !rule.outcome.choosesCertificate else { return nil }
        for sum in Shadows.sums(of: rule.tests) {
            guard let index = table[sum] else { continue }
            let other = entries[index].rule
            let isSubset = other.tests.allSatisfy { test in rule.tests.contains(where: test.follows)
            }
            if isSubset { return index }
        }
        return nil
    }

    mutating func append(_ rule: Rule, at index: Int) {
        guard rule.isUnconditional, !rule.outcome.choosesCertificate else { return }
        var table = earlier.removeValue(forKey: rule.stage) ?? [:]
        let sum = Set(rule.tests).reduce(0) { $0 &+ $1.hashValue }
        if table[sum] == nil { table[sum] = index }
        earlier[rule.stage] = table
    }

    /// The sums of the subsets of tests, where a test may be replaced by one that follows from it.
    private static func sums(of tests: [Rule.Test]) -> [Int] {
        let choices = Set(tests).map { test in ([test] + test.consequences).map(\.hashValue) }
        guard choices.count <= maximumTests else {
            return [0] + choices.flatMap(\.self) + [choices.reduce(0) { $0 &+ $1[0] }]
        }
        var sums = [0]
        for hashes in choices {
            let room = 256 - sums.count
            let more = sums.flatMap { sum in hashes.map { sum &+ $0 } }
            sums += more.prefix(max(0, room))
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
