/// What a message requests for itself: the value of `X-Blackhole-Do`.
///
/// ```
/// X-Blackhole-Do: wait 2; 452 4.2.2 Mailbox full
/// ```
public enum StepRequest {
    /// Reads steps, of those that a message may request.
    ///
    /// - Parameter value: the field's value, unfolded. Blanks around it do not count.
    public static func steps(_ value: String) throws(RuleError) -> [Rule.Step] {
        var reader = RuleReader(value, allowsFiles: false)
        try reader.checkBytes(limit: Rule.Limits.requestBytes)
        reader.stage = .message
        return try reader.readRequest()
    }
}

extension RuleReader {
    fileprivate mutating func readRequest() throws(RuleError) -> [Rule.Step] {
        let steps = try readSteps { reader, step, start throws(RuleError) in
            guard step.isRequestable else {
                throw reader.error(
                    start, "a message cannot request '\(step.keyword ?? "")'",
                    "it can request accept, a code, wait, close, reset, slow, drip, garble and drop"
                )
            }
            guard case .wait(let wait) = step else { return }
            let longest = Rule.Limits.requestedSeconds
            guard wait.longest.duration <= .seconds(longest) else {
                throw reader.error(start, "a message can request to wait \(longest) s at most")
            }
        }
        guard isAtEnd else {
            throw error(place, "a message cannot request one of several", "leave '|' out")
        }
        return steps
    }
}

extension Rule.Step {
    /// Whether a message may request it for itself.
    fileprivate var isRequestable: Bool {
        switch self {
        case .accept, .reply, .wait, .close, .reset, .slow, .drip, .garble, .drop: true
        case .raw, .silence, .announce, .hide, .certificate, .keep: false
        }
    }
}
