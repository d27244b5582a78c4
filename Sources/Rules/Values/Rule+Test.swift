extension Rule {
    /// A condition on one fact: `to=*@full.example`, `bytes>65536`, `user=none`.
    public struct Test: Hashable, Sendable {
        /// What it asks about.
        public let fact: Fact
        /// How the fact is compared.
        public let comparison: Comparison
        /// What it is compared with.
        public let operand: Operand

        /// Creates a test; the parser refuses an operand that does not suit the fact.
        public init(_ fact: Fact, _ comparison: Comparison, _ operand: Operand) {
            self.fact = fact
            self.comparison = comparison
            self.operand = operand
        }
    }

    /// How a fact is compared with an operand.
    public enum Comparison: String, Hashable, Sendable, BitwiseCopyable, CaseIterable {
        /// `=`: of several recipients, one is enough.
        case equal = "="
        /// `!=`: of several recipients, none may match.
        case unequal = "!="
        /// `<`.
        case less = "<"
        /// `>`.
        case greater = ">"
    }

    /// What a fact is compared with.
    public enum Operand: Hashable, Sendable {
        /// `none`, for TLS `no`: the fact is absent.
        case absent
        /// `yes`, for TLS only.
        case encrypted
        /// A glob, for any text; for TLS the version.
        case text(Glob)
        /// An address pattern, for senders and recipients.
        case address(AddressPattern)
        /// A network, for peers.
        case network(NetworkBlock)
        /// A number, or a size in bytes.
        case number(ByteSize)
    }
}

extension Rule.Test: CustomStringConvertible {
    /// `to=*@full.example`.
    public var description: String { RuleWriter.text { $0.write(self) } }
}
