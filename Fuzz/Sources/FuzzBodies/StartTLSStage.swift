import BlackholePipeline
import BlackholeSMTP
import BlackholeTLS

/// A connection to a stack that can be secured, and its client.
final class StartTLSStage {
    private let plan: StartTLSPlan
    private var loopback: Loopback
    private var cuts: Cuts
    let log = StackLog()
    private let wakers = Wakers()
    let client: TLSEnd
    /// What was said in clear, and behind the upgrade.
    private(set) var clear: [UInt8] = []
    private(set) var records: [UInt8] = []

    init(_ plan: StartTLSPlan, _ tickets: TLSTickets) {
        self.plan = plan
        loopback = plan.makeLoopback()
        cuts = plan.recordCuts
        client = TLSEnd(
            TLSKeys.made.client(isOld: plan.isOld), serverName: "localhost",
            resuming: plan.isForgetful ? nil : tickets.ticket(isOld: plan.isOld))
        if plan.isMoody {
            let seed = plan.seed
            open { Moody<Unwanted>(Witness(), hasMoods: true, seed: seed) }
        } else {
            open { BlackHole() }
        }
        StartTLSStage.wait(&loopback, log, waking: wakers)
        collect()
    }

    private func open<Asked: Responder>(_ responder: @escaping @Sendable () -> Asked) {
        let isImplicit = plan.isImplicit
        let log = log
        let wakers = plan.isLate ? wakers : nil
        let seed = plan.seed
        loopback.open { _ in
            TLSLayer(TLSKeys.made.server, isImplicit: isImplicit) { details in
                require(log.made == log.closed, "a stack is gone before the next one comes")
                return Logged(log, isImplicit || details == nil ? .opened : .secured) {
                    let responder = Late(responder(), wakers, seed: seed)
                    return StartTLSStage.stack(details == nil ? .offered : .active, responder)
                }
            }
        }
    }

    private static func stack<Asked: Responder>(
        _ security: Security, _ responder: Asked
    ) -> LineFraming<DataDiscard<SMTPSession<Asked>>> {
        LineFraming(maximumLineLength: StartTLSPlan.settings.maximumFramedLineLength) {
            DataDiscard { SMTPSession(StartTLSPlan.settings, security: security, responder) }
        }
    }

    /// What a stack without TLS says to bytes that come at once.
    static func reference(_ bytes: [UInt8], _ plan: StartTLSPlan) -> (said: [UInt8], log: StackLog)
    {
        let log = StackLog()
        var loopback = plan.makeLoopback()
        let greets = plan.isImplicit
        if plan.isMoody {
            let seed = plan.seed
            loopback.open { _ in
                Logged(log, greets ? .opened : .openedAsSecured) {
                    let moody = Moody<Unwanted>(Witness(), hasMoods: true, seed: seed)
                    return stack(.active, moody)
                }
            }
        } else {
            loopback.open { _ in
                Logged(log, greets ? .opened : .openedAsSecured) { stack(.active, BlackHole()) }
            }
        }
        wait(&loopback, log)
        loopback.send(bytes)
        wait(&loopback, log)
        return (loopback.takeBytes(), log)
    }

    /// Lets pauses pass.
    private static func wait(
        _ loopback: inout Loopback, _ log: StackLog, waking wakers: Wakers? = nil
    ) {
        var rounds = 0
        while log.isPaused {
            wakers?.wake()
            loopback.advance(by: StartTLSPlan.maximumDelay)
            rounds += 1
            require(rounds < 10_000, "pauses have an end")
        }
    }

    /// Sends a segment, and waits for all that comes of it.
    func send(_ bytes: [UInt8]) {
        if plan.hasWindow { loopback.limitWindow(to: cuts.below(100)) }
        loopback.send(bytes)
        let maximumKept =
            plan.maximumReadBytes + StartTLSPlan.maximumOutputBytes + TLSEnd.maximumHandshakeBytes
        require(
            loopback.keptBytes <= maximumKept, "a connection keeps \(maximumKept) bytes at most")
        if plan.hasWindow { loopback.read(.max) }
        StartTLSStage.wait(&loopback, log, waking: wakers)
        collect()
    }

    /// Sends bytes as they are, in segments.
    func sendInPieces(_ bytes: [UInt8]) {
        var start = 0
        while start < bytes.count {
            let end = cuts.end(from: start, in: bytes.count)
            send(Array(bytes[start..<end]))
            start = end
        }
    }

    /// Whether what comes now comes behind the upgrade's reply.
    private var isUpgraded = false

    private func collect() {
        let bytes = loopback.takeBytes()
        guard plan.isImplicit || isUpgraded else {
            clear += bytes
            isUpgraded = log.hasUpgraded
            return
        }
        records += bytes
        client.take(bytes)
        client.read()
    }

    /// Shakes hands; what is said in clear comes no further.
    func shakeHands() {
        client.take()
        carry()
    }

    /// The client's first record, and no more.
    func sendHello() {
        client.take()
        sendInPieces(client.takeOutput())
    }

    /// Says something under TLS, in records and segments of any size.
    func say(_ bytes: [UInt8]) {
        var start = 0
        while start < bytes.count {
            let end = cuts.end(from: start, in: bytes.count)
            client.say(Array(bytes[start..<end]))
            start = end
            if cuts.below(4) < 2 { carry() }
        }
        carry()
    }

    func close() {
        client.close()
        carry()
    }

    private func carry() {
        while true {
            let bytes = client.takeOutput()
            if bytes.isEmpty { return }
            sendInPieces(bytes)
        }
    }

    /// Leaves in the way that the plan has; nothing is left of the connection.
    func leave() {
        switch plan.ending {
        case .end, .endAndIdle: loopback.end()
        case .closeAndEnd:
            close()
            loopback.end()
        case .close: close()
        case .reset: loopback.reset()
        case .idle: break
        case .stop: loopback.stop(grace: .seconds(1))
        case .stopAtOnce: loopback.stop(grace: .zero)
        }
        // A handshake has 30 seconds, a session 20, a farewell 30.
        for _ in 0..<4 { loopback.advance(by: .seconds(35)) }
        StartTLSStage.wait(&loopback, log, waking: wakers)
        wakers.wake()
        // A deadline's entry stays until it comes up, though its connection is gone.
        if plan.isLate { loopback.advance(by: Wakers.maximumTime) }
        collect()
        require(loopback.connectionCount == 0, "the connection is gone")
        require(loopback.keptBytes == 0, "and nothing is kept for it")
        require(loopback.nextWakeTime == .never, "and nothing is to come")
        require(log.closed == log.made, "every stack has heard of its end, once")
    }

    /// Handshakes that were done.
    var handshakes: UInt64 { loopback.counters[.tlsHandshakes] }
    var isOpen: Bool { loopback.closing == nil }
}
