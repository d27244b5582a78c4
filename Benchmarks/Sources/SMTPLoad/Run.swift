internal import BlackholePipeline
internal import BlackholeTLS
internal import Glibc
internal import Synchronization

/// A run from its start to its report.
struct Run: ~Copyable {
    private let plan: LoadPlan
    private let bell = Bell()
    private let workers: [WorkerPointer]
    private let loops: EventLoops
    private let troubles = Troubles()
    private var display: Display
    private let patience: Instant
    private var isInterrupted = false
    /// No connection was answered in all the time that a reply has.
    private var hasTimedOut = false

    /// Why connections could not be made, as the loops told of it; the first counts.
    private final class Troubles: Sendable {
        let first = Mutex<SystemError?>(nil)
    }

    /// Starts the loops, which do nothing yet.
    init(_ plan: LoadPlan, isQuiet: Bool) throws(SystemError) {
        self.plan = plan
        if plan.rate != nil { Run.makeTimersPrecise() }
        workers = plan.makeWorkers(bell)
        let troubles = troubles
        loops = try EventLoops(count: plan.workers) { trouble in
            guard case .cannotConnect(let error) = trouble else { return }
            troubles.first.withLock { $0 = $0 ?? error }
        }
        display = Display(plan, isQuiet: isQuiet)
        patience = Clock.now() + .seconds(plan.timeoutSeconds)
    }

    deinit {
        loops.stop()
        for worker in workers { worker.free() }
    }

    /// Runs it to its end, or until a signal.
    mutating func finish() throws(TLSError) -> Report {
        let tls = try plan.makeTLS()
        bell.hearSignals()
        // The loops have the next connection in turn, so each gets as many.
        let first = workers.map { $0.pointer.pointee.firstConnections }.min() ?? 0
        for worker in workers { worker.pointer.pointee.begin(with: first) }
        for number in 0..<first * workers.count { connect(workers[number % workers.count], tls) }
        if plan.held == nil { awaitEnd() } else { hold() }
        display.clear()
        loops.stop(grace: isInterrupted ? .seconds(2) : .zero)
        return makeReport()
    }

    private func connect(_ first: WorkerPointer, _ tls: TLSContext?) {
        let source = first.pointer.pointee.nextSource()
        let workers = workers
        guard let tls else {
            loops.connect(to: plan.target.address, from: source) { peer in
                LoadDialogue(workers[peer.loop])
            }
            return
        }
        let host = plan.target.host
        loops.connect(to: plan.target.address, from: source) { peer in
            SecureDialogue(workers[peer.loop], tls, serverName: host)
        }
    }

    private mutating func awaitEnd() {
        var done = 0
        while done < workers.count {
            switch bell.wait(milliseconds: 1000) {
            case .done: done += 1
            case .interrupted:
                isInterrupted = true
                return
            case .held, .inputEnded, nil: break
            }
            display.show(loops[.loadMessages], failures: loops[.loadFailures])
            if isUnanswered() { return }
        }
    }

    /// Whoever never answers the beginning of a connection is not waited for longer than a reply.
    private mutating func isUnanswered() -> Bool {
        hasTimedOut = loops[.loadOpened] == 0 && Clock.now() > patience
        return hasTimedOut
    }

    /// Says when all connections are there, and holds them until the input ends.
    private mutating func hold() {
        var isReady = false
        while true {
            let held = Int(loops[.loadHeld])
            if !isReady, held == plan.held {
                isReady = true
                display.clear()
                print("ready \(held)")
                fflush(nil)
            }
            if !isReady {
                if loops[.loadLost] > 0 || isUnanswered() { return }
                display.show(held: held)
            }
            switch bell.wait(milliseconds: isReady ? -1 : 1000, forInput: true) {
            case .interrupted, .inputEnded:
                isInterrupted = true
                return
            case .done, .held, nil:
                // All of them are gone.
                if isReady, loops[.loadLost] == loops[.loadHeld] { return }
            }
        }
    }

    private func makeReport() -> Report {
        var tally = Tally()
        var start = Instant.never
        var overdue = 0
        let now = Clock.now()
        for worker in workers {
            tally.add(worker.pointer.pointee.tally)
            start = min(start, worker.pointer.pointee.source.start ?? .never)
            overdue += worker.pointer.pointee.source.overdue(at: now)
        }
        let isMeasured = tally.lastEnd > start
        let nanoseconds = isMeasured ? tally.lastEnd.nanoseconds - start.nanoseconds : 0
        return Report(
            plan: plan, tally: tally, seconds: Double(nanoseconds) / 1e9, overdue: overdue,
            bytes: (sent: loops[.bytesSent], received: loops[.bytesReceived]),
            wasOpened: loops[.loadOpened] > 0, hasTimedOut: hasTimedOut,
            held: Int(loops[.loadHeld]),
            hasGivenUp: workers.contains { $0.pointer.pointee.hasGivenUp },
            trouble: troubles.first.withLock { $0 })
    }

    /// Has the kernel end a wait within a microsecond, not fifty; threads inherit it.
    private static func makeTimersPrecise() {
        let descriptor = open("/proc/self/timerslack_ns", O_WRONLY)
        guard descriptor >= 0 else { return }
        _ = write(descriptor, "1000", 4)
        close(descriptor)
    }
}
