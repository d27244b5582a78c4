/// A header field of a message that was meant as a request, and cannot be read.
package struct RequestFault: Sendable {
    /// What is wrong with it.
    enum Kind: UInt8, BitwiseCopyable, Sendable {
        /// The value of X-Blackhole-Mode.
        case mode
        /// The value of X-Blackhole-Delay.
        case delay
        /// The value of X-Blackhole-Do.
        case steps
        /// The name, which begins as theirs do.
        case name
    }

    let kind: Kind
    private let value: RequestValue
    /// What is wrong with steps.
    private let error: RuleError?

    init(_ kind: Kind, _ value: RequestValue, _ error: RuleError?) {
        self.kind = kind
        self.value = value
        self.error = error
    }

    /// What is wrong and what is right, in a line for the log; what the message has is to be escaped.
    package var text: String {
        switch kind {
        case .mode:
            "X-Blackhole-Mode of a message is ignored: '\(value.text)' is not a mode; use accept, "
                + "bounce, random, unavailable, offline, accept=CODE with 250 to 253, or "
                + "bounce=CODE with one code that the server knows, such as bounce=550"
        case .delay:
            "X-Blackhole-Delay of a message is ignored: '\(value.text)' is not a delay; use seconds, "
                + "such as 2 or 0.5, or the least and the most of them, such as 1,3"
        case .steps:
            "X-Blackhole-Do of a message is ignored: " + (error?.description ?? "")
        case .name:
            "a header X-Blackhole-… of a message is ignored: use X-Blackhole-Mode: or "
                + "X-Blackhole-Delay:, or X-Blackhole-Do:"
        }
    }
}
