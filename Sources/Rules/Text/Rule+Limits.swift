extension Rule {
    /// How large a rule may be: far more than anybody writes.
    public enum Limits {
        /// Bytes of a rule's text.
        public static let bytes = 16_384
        /// Bytes of a rule's name.
        public static let nameBytes = 100
        /// Tests of a rule.
        public static let tests = 64
        /// Alternatives among which chance chooses.
        public static let alternatives = 256
        /// Steps of an alternative.
        public static let steps = 64
        /// Lines of a reply.
        public static let replyLines = 256
        /// The largest count: of `first=`, `recipients>` and the like.
        public static let count: UInt64 = 1_000_000_000_000
        /// The largest number of a rate, 2²⁸ − 1: it has to fit into a table's cell.
        public static let rate: UInt64 = 268_435_455
        /// Bytes of the value of `X-Blackhole-Do`.
        public static let requestBytes = 512
        /// The longest `wait` that a message may request, in seconds.
        public static let requestedSeconds = 60
    }
}
