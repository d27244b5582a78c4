/// What makes a rule the same rule after a reload: its name, its text, and which of several it is.
package struct RuleIdentity: Hashable, Sendable {
    /// The name; nil if the rule has none.
    package let name: String?
    /// The printed form, without the name.
    package let text: String
    /// How many equal rules without a name come before it.
    package let occurrence: Int

    /// Creates an identity.
    package init(name: String? = nil, text: String, occurrence: Int = 0) {
        self.name = name
        self.text = text
        self.occurrence = occurrence
    }

    /// Returns the identities of rules in order, equal ones numbered.
    package static func all(of rules: [(name: String?, text: String)]) -> [RuleIdentity] {
        var seen: [RuleIdentity: Int] = [:]
        return rules.map { rule in
            let plain = RuleIdentity(name: rule.name, text: rule.text)
            let occurrence = seen[plain, default: 0]
            seen[plain] = occurrence + 1
            return RuleIdentity(name: rule.name, text: rule.text, occurrence: occurrence)
        }
    }
}
