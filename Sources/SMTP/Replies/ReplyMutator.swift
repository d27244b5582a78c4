package import BlackholePipeline

/// Has replies go wrong, step by step: the machine of ``FuzzedReplies``.
package struct ReplyMutator {
    /// What remains to be done in the place of a reply, in reverse.
    private var steps: [ReplyStep] = []
    /// What the session wants when that is done.
    private var verdict = CommandVerdict.pass(.proceed)
    /// What was not said, and comes before the next reply.
    private var kept: [UInt8] = []
    private var isSilent = false

    /// Creates a machine that has changed nothing yet.
    package init() {}

    /// Whether a reply is under way: the next event is ``resume(_:)``'s.
    package var isUnderWay: Bool { !steps.isEmpty }

    /// Lets a reply pass that stands at the end of the output, with what was not said before it.
    ///
    /// - Returns: false if nothing is said any more.
    package mutating func pass(from start: Int, _ context: inout Context) -> Bool {
        if isSilent {
            context.output.truncate(to: start)
            return false
        }
        if !kept.isEmpty {
            let reply = context.output.take(from: start)
            context.output.append(kept + reply)
            kept = []
        }
        return true
    }

    /// Has the reply at the end of the output go wrong; `verdict` follows it.
    package mutating func mutate(
        _ mutation: ReplyMutation, from start: Int, _ verdict: CommandVerdict,
        _ random: inout RandomSource, _ context: inout Context
    ) -> CommandVerdict {
        steps = mutation.steps(for: context.output.take(from: start), &random).reversed()
        self.verdict = verdict
        return resume(&context)
    }

    /// Goes on with the reply that is under way.
    package mutating func resume(_ context: inout Context) -> CommandVerdict {
        while let step = steps.popLast() {
            switch step {
            case .say(let bytes): context.output.append(bytes)
            case .wait(let time):
                // The last step is followed by the session's verdict, not by a pause.
                if steps.isEmpty { break }
                return .pass(.pause(until: context.now + time))
            case .keep(let bytes): kept = bytes
            case .silence: isSilent = true
            case .close: return .pass(.close)
            case .reset: return .pass(.reset)
            }
        }
        return verdict
    }
}
