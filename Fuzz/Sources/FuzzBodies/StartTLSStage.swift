import Pipeline
import SMTP
import TLS

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
            open { Accept() }
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
            StartTLS(TLSKeys.made.server, isImplicit: isImplicit) { details in
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
    ) -> LineFraming<DataDiscard<Session<Asked>>> {
        LineFraming(lineOctetsMax: StartTLSPlan.settings.framedLineOctetsMax) {
            DataDiscard { Session(StartTLSPlan.settings, security: security, responder) }
        }
    }

    /// What a stack without TLS says to octets that come at once.
    static func reference(_ octets: [UInt8], _ plan: StartTLSPlan) -> (said: [UInt8], log: StackLog)
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
                Logged(log, greets ? .opened : .openedAsSecured) { stack(.active, Accept()) }
            }
        }
        wait(&loopback, log)
        loopback.send(octets)
        wait(&loopback, log)
        return (loopback.takeOctets(), log)
    }

    /// Lets pauses pass.
    private static func wait(
        _ loopback: inout Loopback, _ log: StackLog, waking wakers: Wakers? = nil
    ) {
        var rounds = 0
        while log.isPaused {
            wakers?.wake()
            loopback.advance(by: StartTLSPlan.delayMax)
            rounds += 1
            require(rounds < 10_000, "pauses have an end")
        }
    }

    /// Sends a segment, and waits for all that comes of it.
    func send(_ octets: [UInt8]) {
        if plan.hasWindow { loopback.limitWindow(to: cuts.below(100)) }
        loopback.send(octets)
        let keptMax =
            plan.readBytesMax + StartTLSPlan.outputBytesMax + TLSEnd.handshakeOctetsMax
        require(loopback.keptOctets <= keptMax, "a connection keeps \(keptMax) octets at most")
        if plan.hasWindow { loopback.read(.max) }
        StartTLSStage.wait(&loopback, log, waking: wakers)
        collect()
    }

    /// Sends octets as they are, in segments.
    func sendInPieces(_ octets: [UInt8]) {
        var start = 0
        while start < octets.count {
            let end = cuts.end(from: start, in: octets.count)
            send(Array(octets[start..<end]))
            start = end
        }
    }

    /// Whether what comes now comes behind the upgrade's reply.
    private var isUpgraded = false

    private func collect() {
        let octets = loopback.takeOctets()
        guard plan.isImplicit || isUpgraded else {
            clear += octets
            isUpgraded = log.hasUpgraded
            return
        }
        records += octets
        client.take(octets)
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
    func say(_ octets: [UInt8]) {
        var start = 0
        while start < octets.count {
            let end = cuts.end(from: start, in: octets.count)
            client.say(Array(octets[start..<end]))
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
            let octets = client.takeOutput()
            if octets.isEmpty { return }
            sendInPieces(octets)
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
        if plan.isLate { loopback.advance(by: Wakers.timeMax) }
        collect()
        require(loopback.connectionCount == 0, "the connection is gone")
        require(loopback.keptOctets == 0, "and nothing is kept for it")
        require(loopback.nextWakeTime == .never, "and nothing is to come")
        require(log.closed == log.made, "every stack has heard of its end, once")
    }

    /// Handshakes that were done.
    var handshakes: UInt64 { loopback.counters[.tlsHandshakes] }
    var isOpen: Bool { loopback.closing == nil }
}
