import BlackholePipeline
import Synchronization

/// What the stacks of a simulation tell the world outside the loop: shared by all of them.
final class Ledger: Sendable {
    /// What is known of a connection's stack.
    struct Record {
        /// When the stack will be told that its time is over, as it was last left.
        var deadline = Instant.never
        /// The deadline rested meanwhile: it may come late.
        var hasPaused = false
        var isPaused = false
        /// It waits for a turn for costly work.
        var isYielding = false
        var wasOpened = false
        var wasExpired = false
        var wasStopping = false
        var wasAborted = false
        /// The stack has closed, or reset, the connection; and when.
        var hasClosed = false
        var closeTime = Instant.never
        var hasReset = false
        /// Its stack has ended our own side.
        var hasEnded = false
        var isOver = false
        /// The call of a waker that ends its pause.
        var awaited: Int?
        /// Whether it has ever given its waker away, and may be resumed at any time.
        var hasAsked = false
        /// When the pause ends.
        var resumption = Instant.never
        /// The responder has said that nothing more is to be said.
        var isSilent = false
        /// The connection that the stack of a caller asks the loop for.
        var successor: Int?
        /// Whether the loop was asked to start the connection.
        var isRequested = false
        /// The messages that the responder was asked about.
        var messages = 0
    }

    /// Somebody on another thread who will call a waker.
    struct Call {
        var waker: Waker
        var delayNanoseconds: Int64
    }

    struct State {
        var records: [Record] = []
        var calls: [Call] = []
        var isDone: [Bool] = []
        /// Calls from `scheduled` on are not on the agenda yet.
        var scheduled = 0
        var hasMail = false
        var failure: (link: Int, text: String)?
        var turn = Instant(nanoseconds: .min)
        var previousTurn = Instant(nanoseconds: .min)
        /// Until when the clock has leapt last.
        var leap = Instant(nanoseconds: .min)
        var stacks = 0
        /// Stacks that have ended whose clients rules have answered.
        var ruledStacks = 0
        var troubles = 0
    }

    let idle: Duration
    private let state = Mutex(State())

    init(idle: Duration) {
        self.idle = idle
    }

    func with<Result>(_ body: (inout State) -> Result) -> Result {
        state.withLock { body(&$0) }
    }

    func record(_ link: Int) -> Record { with { $0.records[link] } }

    /// The first failure is the one that counts.
    func fail(_ link: Int, _ text: @autoclosure () -> String) {
        with { state in
            if state.failure == nil { state.failure = (link, text()) }
        }
    }

    /// Has a waker called later, be it at once.
    ///
    /// - Returns: the call's number.
    func call(_ waker: Waker, of link: Int, after nanoseconds: Int64) -> Int {
        let number = with { state in
            state.records[link].hasAsked = true
            state.calls.append(Call(waker: waker, delayNanoseconds: nanoseconds))
            state.isDone.append(nanoseconds == 0)
            return state.calls.count - 1
        }
        if nanoseconds == 0 { waker.wake() }
        return number
    }

    /// Does what `Agenda.Kind.wake` stands for.
    func carryOut(_ call: Int, isLost: Bool) {
        let waker = with { state in
            state.isDone[call] = true
            return state.calls[call].waker
        }
        if !isLost { waker.wake() }
    }

    /// Takes the successor of a caller's connection, to ask the loop for it.
    func takeSuccessor(of link: Int) -> Int? {
        with { state in
            guard let next = state.records[link].successor.take() else { return nil }
            state.records[next].isRequested = true
            return next
        }
    }

    func isDone(_ call: Int) -> Bool { with { $0.isDone[call] } }
}
