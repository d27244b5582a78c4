import BlackholePipeline
import BlackholeSMTP
import BlackholeTLS

/// A connection that is secured says the same as one that needs not be, nothing that was said in
/// clear outlives the upgrade, and nothing is said in clear behind it.
public final class StartTLSBody: FuzzBody {
    private let tickets = TLSTickets()

    /// Makes a body.
    public init() {}

    /// The input: eight bytes for a ``StartTLSPlan``, then what the client says: in clear up to
    /// the end of the segment that has STARTTLS in it, then as the plan's course has it.
    public func run(_ input: RawSpan) {
        let plan = StartTLSPlan(input)
        let stage = StartTLSStage(plan, tickets)
        let bytes = Array(input, plan.start..<input.byteCount)
        let rest = plan.isImplicit ? bytes : sayInClear(bytes, plan, stage)
        let isHidden = plan.isImplicit || stage.log.hasUpgraded
        if isHidden {
            if plan.course.isSecured, stage.isOpen {
                talk(rest, plan, stage)
            } else {
                sayRaw(rest, plan, stage)
            }
        }
        let heard = stage.client.heard.count
        stage.leave()
        check(stage, isHidden: isHidden)
        guard stage.client.phase != .established, stage.client.phase != .ended else { return }
        require(stage.client.heard.count == heard, "a client that is not sure hears nothing")
    }

    /// - Returns: what the client says behind the segment with STARTTLS in it.
    private func sayInClear(
        _ bytes: [UInt8], _ plan: StartTLSPlan, _ stage: StartTLSStage
    ) -> [UInt8] {
        var cuts = plan.clearCuts
        var start = 0
        while start < bytes.count, !stage.log.hasUpgraded {
            let end = cuts.end(from: start, in: bytes.count)
            stage.send(Array(bytes[start..<end]))
            start = end
        }
        guard stage.log.hasUpgraded else { return [] }
        require(stage.isOpen && stage.records.isEmpty, "the server waits for a client's hello")
        require(stage.log.closed == 1 && stage.log.made == 1, "the stack in clear is gone")
        return Array(bytes[start...])
    }

    /// The client goes on under TLS.
    private func talk(_ bytes: [UInt8], _ plan: StartTLSPlan, _ stage: StartTLSStage) {
        stage.shakeHands()
        // What was in clear would have been taken for a hello, and would have ended it.
        let phase = stage.client.phase
        require(stage.handshakes == 1, "the handshake is done")
        require(stage.log.hasReset || phase == .established || phase == .ended, "on both sides")
        let middle = plan.course.endsRaw ? bytes.count / 2 : bytes.count
        let said = Array(bytes[..<middle])
        stage.say(said)
        compare(said, plan, stage)
        guard plan.course.endsRaw else { return }
        let count = stage.client.heard.count
        if plan.course == .closedThenRaw {
            stage.close()
            require(!stage.isOpen, "a client that has closed is done with")
        }
        let last = stage.client.heard.count
        require(last == count, "a client's end is silent")
        stage.sendInPieces(Array(bytes[middle...]))
        require(stage.client.heard.count == last, "nothing is said to bytes that are no records")
    }

    /// Compares with what a stack without TLS says to the same bytes.
    private func compare(_ said: [UInt8], _ plan: StartTLSPlan, _ stage: StartTLSStage) {
        let reference = StartTLSStage.reference(said, plan)
        let heard = ReplyText.withoutChallenges(stage.client.heard)
        let wanted = ReplyText.withoutChallenges(reference.said)
        if reference.log.hasReset || stage.log.hasReset {
            // A reset destroys what has not left yet, and that depends on the pieces.
            let count = min(heard.count, wanted.count)
            require(heard[..<count] == wanted[..<count], "as far as it came, the same")
        } else {
            require(heard == wanted, "the same is said under TLS as without")
        }
        require(stage.log.hasReset == reference.log.hasReset, "the end is the same")
        require(stage.log.hasClosed == reference.log.hasClosed, "the end is the same")
        guard stage.log.hasClosed else { return }
        require(stage.client.phase == .ended, "a server that closes says close_notify")
    }

    /// The client speaks no TLS, or no more than a hello.
    private func sayRaw(_ bytes: [UInt8], _ plan: StartTLSPlan, _ stage: StartTLSStage) {
        let made = stage.log.made
        if plan.course == .rawBehindHello { stage.sendHello() }
        stage.sendInPieces(bytes)
        require(stage.log.made == made, "no stack is made before the handshake is done")
        require(stage.handshakes == 0, "no handshake is done with a stranger")
    }

    /// What must hold of all that was said, once the connection is gone.
    private func check(_ stage: StartTLSStage, isHidden: Bool) {
        let isLossy = stage.log.hasReset
        stage.clear.withUnsafeBytes { _ = ReplyText.check($0.bytes, mayBreak: isLossy) }
        require(isHidden || stage.records.isEmpty, "a connection in clear has no records")
        var start = 0
        while start < stage.records.count {
            let head = stage.records[start...].prefix(5)
            require(0x14...0x17 ~= head[start], "nothing is in clear behind the upgrade")
            require(head.count < 2 || head[start + 1] == 3, "a record has a version")
            guard head.count == 5 else { break }
            start += 5 + (Int(head[start + 3]) << 8 | Int(head[start + 4]))
        }
        stage.client.heard.withUnsafeBytes { _ = ReplyText.check($0.bytes, mayBreak: true) }
    }
}
