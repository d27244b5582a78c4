package import BlackholePipeline
internal import BlackholeTLS
internal import Glibc

/// What all workers have in common.
package struct Assignment: Sendable {
    package var script: Script
    package var target: NetworkAddress
    package var sources: [NetworkAddress] = []
    /// Connections of one worker that are open at once.
    package var connections = 1
    /// Messages a connection; `.max` where there is no limit.
    package var messagesEach = Int.max
    package var timeoutNanoseconds: Int64 = 60_000_000_000
    /// Whether a connection ends without QUIT.
    package var leaves = false
    /// Whether a connection says nothing once it is greeted, and stays.
    package var holds = false
    /// Whether a connection is secured by STARTTLS.
    package var startsTLS = false
    package var resumes = false

    package init(_ script: Script, target: NetworkAddress) {
        self.script = script
        self.target = target
    }
}

/// What the connections of a loop share: used on its thread alone while that runs.
package struct Worker: ~Copyable {
    let assignment: Assignment
    let number: Int
    package var source: MessageSource
    package var tally = Tally()
    /// What the last full handshake has left.
    var resumption: TLSResumption?
    private let bell: Bell?
    /// The connections that are there, or were asked for.
    private var connections = 0
    /// Of them, those that have still to begin a message, and will.
    private var beginners = 0
    private var held = 0
    private var failuresInRow = 0
    private var connectionsMade = 0
    /// The first connections, as far as they have begun.
    private var dialogues = 0
    package private(set) var hasGivenUp = false

    /// So many failures without a message in between, and the server is given up.
    package static let maximumFailuresInRow = 100

    package init(
        _ assignment: Assignment, _ source: MessageSource, number: Int = 0, bell: Bell? = nil
    ) {
        self.assignment = assignment
        self.source = source
        self.number = number
        self.bell = bell
    }

    /// How many connections may be opened at first; each of them opens another until all are there,
    /// so that a server's backlog is not run over.
    var firstConnections: Int { min(assignment.connections, source.limit, 64) }

    /// So many connections have been asked for.
    package mutating func begin(with connections: Int) {
        self.connections = connections
        beginners = connections
    }

    /// The address that the next connection comes from.
    mutating func nextSource() -> NetworkAddress? {
        guard !assignment.sources.isEmpty else { return nil }
        connectionsMade += 1
        // Workers begin apart from each other.
        let place = connectionsMade &+ number &* 7919
        return assignment.sources[place % assignment.sources.count]
    }

    /// How many messages the next connection may send.
    ///
    /// By a schedule the first ones have ever more: or else all would be at their ends together, and
    /// messages wait until their successors are there.
    mutating func nextMessagesEach() -> Int {
        let most = assignment.messagesEach
        guard source.isScheduled, most < .max, dialogues < assignment.connections else {
            return most
        }
        dialogues += 1
        return 1 + (most - 1) * dialogues / assignment.connections
    }

    /// A connection is ready to work: there may be room for another.
    mutating func noteReady(_ context: inout Context) {
        if connections < assignment.connections { connectAnother(&context) }
        guard assignment.holds else { return }
        held += 1
        context.counters.add(1, to: .loadHeld)
        if held == assignment.connections { bell?.ring(.held) }
    }

    /// A connection begins its first message, or will never.
    mutating func noteBegun() { beginners -= 1 }

    mutating func noteSuccess() { failuresInRow = 0 }

    mutating func noteFailure(_ failure: Failure, _ text: @autoclosure () -> String) {
        tally.count(failure, text())
        failuresInRow += 1
        if failuresInRow >= Worker.maximumFailuresInRow { hasGivenUp = true }
    }

    /// A connection is gone.
    mutating func noteEnd(hasBegun: Bool, _ context: inout Context) {
        if !hasBegun { beginners -= 1 }
        connections -= 1
        if assignment.holds {
            context.counters.add(1, to: .loadLost)
            bell?.ring(.held)
        } else {
            connectAnother(&context)
        }
        if connections == 0 { bell?.ring(.done) }
    }

    /// Opens another connection, if there is anything left for it to do.
    private mutating func connectAnother(_ context: inout Context) {
        guard !context.isStopping, !hasGivenUp,
            assignment.holds || source.left(at: context.now) > beginners
        else { return }
        connections += 1
        beginners += 1
        context.connect(to: assignment.target, from: nextSource())
    }
}

/// A worker where it lies.
///
/// It is made before its loop and freed after it, and between that touched on the loop's thread alone.
package struct WorkerPointer: BitwiseCopyable, @unchecked Sendable {
    package let pointer: UnsafeMutablePointer<Worker>

    package init(_ worker: consuming Worker) {
        pointer = .allocate(capacity: 1)
        pointer.initialize(to: worker)
    }

    package func free() {
        pointer.deinitialize(count: 1)
        pointer.deallocate()
    }
}

/// The clock that the loops have.
enum Clock {
    /// Where a turn of the loop is long, ``Context/now`` is too early for what is sent at its end.
    @inline(__always)
    static func now() -> Instant {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Instant(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }
}
