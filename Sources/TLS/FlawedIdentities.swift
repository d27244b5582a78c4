/// All flawed variants of an identity, made at once: see ``TLSIdentity/flawed(_:names:)``.
package struct FlawedIdentities: Sendable {
    private let identities: [TLSFlaw: TLSIdentity]

    /// Makes them, which takes some 15 ms.
    package init(of identity: TLSIdentity, names: [String] = []) throws(TLSError) {
        var identities: [TLSFlaw: TLSIdentity] = [:]
        for flaw in TLSFlaw.allCases {
            identities[flaw] = try identity.flawed(flaw, names: names)
        }
        self.identities = identities
    }

    /// The variant with the flaw that a rule names.
    package subscript(_ name: String) -> TLSIdentity? {
        TLSFlaw(rawValue: name).flatMap { identities[$0] }
    }
}
