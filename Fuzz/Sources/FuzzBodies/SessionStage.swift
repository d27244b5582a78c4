import BlackholePipeline
import BlackholeSMTP

/// A loop with one connection after another, and its client.
final class SessionStage {
    var loopback: Loopback
    private let wakers = Wakers()
    private var sessions = 0
    private var isWaking = false
    private var bytesPerSecond: Int?

    init(_ loopback: consuming Loopback) { self.loopback = loopback }

    /// Whether its clock is still far from its end.
    var isFresh: Bool { sessions < 100_000 }

    /// Opens a connection; a plain one has neither a throttle nor answers that come later, and its
    /// responder is chosen at run time.
    func open(
        _ plan: SessionPlan, _ settings: SessionSettings, _ witness: Witness, isPlain: Bool
    ) {
        sessions += 1
        isWaking = plan.isLate && !isPlain
        bytesPerSecond = isPlain ? nil : plan.bytesPerSecond
        let seed = plan.seed
        switch plan.responder {
        case 0 where plan.mailProtocol == .smtp:
            open(plan, settings, witness, BlackHole(), isPlain: isPlain)
        case 0:
            // One that accepts too, and knows how many replies a message is owed.
            open(
                plan, settings, witness, Moody<Unwanted>(witness, hasMoods: false, seed: seed),
                isPlain: isPlain)
        case 1:
            open(
                plan, settings, witness, Moody<Unwanted>(witness, hasMoods: true, seed: seed),
                isPlain: isPlain)
        case 2:
            open(
                plan, settings, witness, Moody<Wanted>(witness, hasMoods: false, seed: seed),
                isPlain: isPlain)
        default:
            open(
                plan, settings, witness, Moody<Wanted>(witness, hasMoods: true, seed: seed),
                isPlain: isPlain)
        }
    }

    private func open<Asked: Responder & Sendable>(
        _ plan: SessionPlan, _ settings: SessionSettings, _ witness: Witness, _ responder: Asked,
        isPlain: Bool
    ) {
        require(
            settings.maximumFramedLineLength == plan.maximumFramedLineLength,
            "AUTH has longer lines")
        let security = plan.security
        let responder = Late(responder, isWaking ? wakers : nil, seed: plan.seed)
        if isPlain {
            open(plan, witness) {
                SMTPSession(settings, security: security, AnyResponder(responder))
            }
        } else {
            open(plan, witness) { SMTPSession(settings, security: security, responder) }
        }
    }

    private func open<Asked: Responder & ~Copyable>(
        _ plan: SessionPlan, _ witness: Witness,
        _ session: @escaping @Sendable () -> SMTPSession<Asked>
    ) {
        let maximumLineLength = plan.maximumFramedLineLength
        let seed = plan.seed
        let mailProtocol = plan.mailProtocol
        let layers = { @Sendable in
            LineFraming(maximumLineLength: maximumLineLength) {
                Ledger(witness, mailProtocol) { DataDiscard { ObservedSession(witness, session) } }
            }
        }
        if let bytesPerSecond {
            loopback.open { _ in
                Watch(witness, maximumLineLength: maximumLineLength, seed: seed) {
                    Throttle(bytesPerSecond: bytesPerSecond, layers)
                }
            }
        } else {
            loopback.open { _ in
                Watch(witness, maximumLineLength: maximumLineLength, seed: seed, layers)
            }
        }
    }

    /// Sends what the client has to say: in pieces, with a narrow window and the clock moving on
    /// where there are cuts.
    func send(_ client: [UInt8], _ plan: SessionPlan, _ cuts: Cuts?, _ witness: Witness) {
        guard var cuts else {
            loopback.send(client)
            return
        }
        if plan.hasWindow { loopback.limitWindow(to: cuts.below(100)) }
        var isPatient = true
        var start = 0
        while start < client.count {
            let end = cuts.end(from: start, in: client.count)
            loopback.send(Array(client[start..<end]))
            start = end
            switch cuts.below(16) {
            case 0...3 where plan.hasWindow: loopback.read(cuts.below(300))
            case 4...7 where witness.isPaused:
                // A client that reads nothing for long would be given up: so it does in the end.
                if !isPatient { loopback.read(.max) }
                // What a throttle holds is no pause of the session's: its idle time goes on.
                loopback.advance(
                    by: bytesPerSecond == nil ? SessionPlan.maximumDelay : .milliseconds(50))
                if plan.hasWindow, !isPatient { loopback.limitWindow(to: cuts.below(100)) }
                isPatient.toggle()
            case 8: checkMemory(plan)
            case 9...11:
                wakers.wake()
                loopback.advance(by: .zero)
            default: break
            }
        }
        checkMemory(plan)
    }

    private func checkMemory(_ plan: SessionPlan) {
        let maximumKept =
            plan.maximumReadBytes + SessionPlan.maximumOutputBytes + 2
            * SessionPlan.maximumReplyBytes
        require(
            loopback.keptBytes <= maximumKept, "a connection keeps \(maximumKept) bytes at most")
    }

    /// Lets the client read and the time pass until all that it said is answered.
    func settle(_ plan: SessionPlan, _ witness: Witness) {
        loopback.read(.max)
        var rounds = 0
        while witness.isPaused, !witness.isGone {
            let maximumPauses =
                isWaking ? 1_000 : witness.requests + 1 + (bytesPerSecond == nil ? 0 : 5)
            require(rounds <= maximumPauses, "every pause has its command")
            wakers.wake()
            loopback.advance(by: SessionPlan.maximumDelay)
            rounds += 1
        }
        guard witness.hasClosed || witness.hasReset else {
            require(loopback.closing == nil && loopback.connectionCount == 1, "it stays open")
            require(
                loopback.keptBytes < plan.maximumFramedLineLength,
                "no more is kept than a line's start")
            return
        }
        require(loopback.closing != nil, "a stack that closes is closed")
        let sent = loopback.counters[.bytesSent]
        loopback.send("NOOP\r\n")
        require(loopback.counters[.bytesSent] == sent, "nothing is said after the end")
    }

    /// Leaves in the way that the plan has.
    func leave(_ plan: SessionPlan, _ witness: Witness) {
        let isOpen = !witness.hasClosed && !witness.hasReset
        switch plan.ending {
        case .end: loopback.end()
        case .idle: loopback.advance(by: SessionPlan.idle + .seconds(5))
        case .reset, .resetAtOnce: loopback.reset()
        case .resetUnread:
            loopback.limitWindow(to: 0)
            loopback.send(String(repeating: "NOOP\r\nEHLO x\r\n", count: 20))
            checkMemory(plan)
            loopback.reset()
        case .stop:
            loopback.stop(grace: .seconds(1))
            loopback.advance(by: .seconds(2))
        case .stopAtOnce: loopback.stop(grace: .zero)
        case .endAtOnce: break
        }
        // Nobody is there any more to be woken, or it is somebody else.
        wakers.wake()
        guard isOpen, !witness.isSilent, plan.ending == .idle || plan.ending.isStop else { return }
        require(witness.hasClosed, "a session that is late, or stopped, has its last words")
    }
}
