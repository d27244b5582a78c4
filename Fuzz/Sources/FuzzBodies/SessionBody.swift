import BlackholePipeline
import BlackholeSMTP

/// The whole plaintext stack says the same however a client's bytes arrive and however slowly it
/// reads, in replies that are due and well-formed, from bounded memory, and then falls silent.
///
/// The loops are kept from one input to the next, for speed: each input is a new connection.
public final class SessionBody: FuzzBody {
    private var stages: [Int: SessionStage] = [:]
    private var settings: [[Int]: SessionSettings] = [:]

    /// Makes a body.
    public init() {}

    /// The input: eight bytes for a ``SessionPlan``, then what the client sends.
    ///
    /// A first run is plain; a second one has the cuts, and where they are chosen a throttle and
    /// answers that come later.
    public func run(_ input: RawSpan) {
        let plan = SessionPlan(input)
        let client = input.extracting(plan.start..<input.byteCount).withUnsafeBytes { Array($0) }
        let whole = play(client, plan, cuts: nil)
        let cut = play(client, plan, cuts: plan.cuts)

        guard plan.ending != .stopAtOnce else { return }
        // A reset destroys what has not left yet, and that depends on the pieces.
        if whole.witness.hasReset || plan.ending.isLossy {
            let count = min(whole.output.count, cut.output.count)
            require(
                whole.output[..<count] == cut.output[..<count], "as far as it came, it is the same")
        } else {
            require(whole.output == cut.output, "the same is said however the bytes arrive")
            require(whole.messages == cut.messages, "the same messages are accepted")
        }
        guard !plan.ending.isAtOnce else { return }
        require(whole.requests == cut.requests, "the same requests are heard")
        require(whole.hasReset == cut.hasReset, "the end is the same")
    }

    private struct Outcome {
        let witness: Witness
        /// What was said, without challenges, which hold the time.
        let output: [UInt8]
        let messages: UInt64
        /// What was heard, and whether it was reset for it, before the client left.
        let requests: Int
        let hasReset: Bool
    }

    private func play(_ client: [UInt8], _ plan: SessionPlan, cuts: Cuts?) -> Outcome {
        let stage = stage(for: plan)
        let counters = stage.loopback.counters
        let messages = counters[.messages]
        let sent = counters[.bytesSent]
        let closed = counters[.closed]
        let witness = Witness()
        stage.open(plan, settings(for: plan), witness, isPlain: cuts == nil)

        stage.send(client, plan, cuts, witness)
        if plan.ending == .endAtOnce { stage.loopback.end() }
        if !plan.ending.isAtOnce { stage.settle(plan, witness) }
        let requests = witness.requests
        let hasReset = witness.hasReset
        stage.leave(plan, witness)
        let output = stage.loopback.takeBytes()
        if plan.ending.isStop { stages[plan.maximumReadBytes] = nil }

        require(witness.isGone && stage.loopback.connectionCount == 0, "the connection is gone")
        require(stage.loopback.keptBytes == 0, "and nothing is kept for it")
        require(counters[.closed] == closed + 1, "one connection is closed")
        require(counters[.bytesSent] - sent == UInt64(output.count), "what is sent is counted")
        require(witness.said.starts(with: output), "what is said is heard")
        let isReset = witness.hasReset || plan.ending.isLossy
        let text = output.withUnsafeBytes { ReplyText.check($0.bytes, mayBreak: isReset) }
        require(text.replies <= witness.replies, "no reply is said twice")
        require(isReset || text.replies == witness.replies, "and none is lost")
        require(isReset || witness.said == output, "and nothing else")
        let replies = text.replies - text.continuations
        require(replies <= witness.requests + 2, "a greeting, the replies, perhaps last words")
        let accepted = counters[.messages] - messages
        require(isReset || accepted <= text.positives, "a message that counts was acknowledged")
        require(plan.responder == 0 || accepted <= witness.messages, "and was taken")
        let said = plan.authentication == .none ? output : ReplyText.withoutChallenges(output)
        return Outcome(
            witness: witness, output: said, messages: accepted, requests: requests,
            hasReset: hasReset)
    }

    private func stage(for plan: SessionPlan) -> SessionStage {
        if let stage = stages[plan.maximumReadBytes], stage.isFresh { return stage }
        let stage = SessionStage(plan.makeLoopback())
        stages[plan.maximumReadBytes] = stage
        return stage
    }

    private func settings(for plan: SessionPlan) -> SessionSettings {
        let authentication =
            switch plan.authentication {
            case .none: 0
            case .offered: 1
            case .afterTLS: 2
            }
        let key = [
            plan.maximumLineLength, plan.maximumAuthLineLength, plan.maximumMessageSize,
            plan.maximumErrorsInRow,
            plan.isLenient ? 1 : 0, authentication,
            plan.mailProtocol == .lmtp ? 1 : 0, plan.hasOwnKeywords ? 1 : 0,
        ]
        if let settings = settings[key] { return settings }
        let settings = plan.makeSettings()
        self.settings[key] = settings
        return settings
    }
}
