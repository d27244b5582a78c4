/// The layer that hands a connection on to another server: a proxy, in both directions.
///
/// ```swift
/// loops.listen(on: .loopback()) { _ in Relay(to: server) }
/// ```
///
/// The other connection is of the same loop. What either peer sends arrives as it is, whatever its size; an
/// end of one side (a half-close) ends that direction only. A side is read as long as the other takes what
/// it has sent: for each direction a relay keeps 128 KiB at most, besides what the loop keeps. The two
/// directions do not wait for each other.
///
/// Where the server cannot be reached, or is gone, the client's connection closes once the rest is sent.
public struct Relay: ByteHandler, Sendable {
    /// What the peer has sent, for the other side.
    private let taken: Pipe
    /// What the other side's peer has sent, for this one.
    private let given: Pipe
    private let idle: Duration
    /// Where to; nil on the server's side.
    private let server: NetworkAddress?
    private var hasEnded = false

    /// Makes the client's side, which opens the server's.
    ///
    /// - Parameters:
    ///   - server: where to.
    ///   - idle: how long a side may take or send nothing.
    public init(to server: NetworkAddress, idle: Duration = .seconds(300)) {
        self.server = server
        self.idle = idle
        taken = Pipe()
        given = Pipe()
    }

    private init(oppositeTo client: Relay) {
        server = nil
        idle = client.idle
        taken = client.given
        given = client.taken
    }

    /// Takes as much as there is room for, and pauses where there is none.
    public mutating func receive(_ input: RawSpan, _ context: inout Context) -> Intake {
        context.deadline = context.now + idle
        let count = taken.take(input)
        return Intake(count, count < input.byteCount ? .pause(until: .never) : .proceed)
    }

    /// Sends what has come from the other side, and goes on as the two sides stand.
    public mutating func handle(_ event: ConnectionEvent, _ context: inout Context) -> Verdict {
        switch event {
        case .opened:
            given.sink = context.waker
            taken.source = context.waker
            context.deadline = context.now + idle
            context.readsWhileSending = true
            guard let server else { break }
            context.connect(to: server) { [self] _ in Relay(oppositeTo: self) }
        case .ended:
            taken.end()
        case .closed:
            taken.end()
            given.shut()
            return .proceed
        case .expired, .aborting:
            return .close
        case .secured, .resumed, .woken, .stopping:
            break
        }
        return send(&context)
    }

    private mutating func send(_ context: inout Context) -> Verdict {
        if !context.isSending, given.give(&context) { context.deadline = context.now + idle }
        if given.isEmpty, given.hasEnded {
            if taken.hasEnded || taken.isShut { return .close }
            if !hasEnded {
                hasEnded = true
                return .end
            }
        }
        return taken.isFull ? .pause(until: .never) : .proceed
    }
}

/// One direction of a relay: what one side has read, and the other not sent yet.
///
/// Both sides run on one loop, so that nobody needs a lock.
private final class Pipe: @unchecked Sendable {
    private static let room = 128 * 1024

    private var bytes = ByteQueue()
    /// Nothing more will come.
    private(set) var hasEnded = false
    /// Nobody takes anything any more.
    private(set) var isShut = false
    /// Whom to call when there is room again.
    var source: Waker?
    /// Whom to call when there is something to send.
    var sink: Waker?

    var isEmpty: Bool { bytes.isEmpty }
    var isFull: Bool { bytes.count >= Pipe.room && !isShut }

    /// Returns how much it takes; what nobody will send is dropped.
    func take(_ input: RawSpan) -> Int {
        guard !isShut else { return input.byteCount }
        let count = min(input.byteCount, Pipe.room - bytes.count)
        if isEmpty, count > 0 { sink?.wake() }
        bytes.append(input.extracting(first: count))
        return count
    }

    /// Moves as much as fits into the output; returns whether that is anything.
    func give(_ context: inout Context) -> Bool {
        let count = min(bytes.count, context.maximumOutputBytes)
        guard count > 0 else { return false }
        if isFull { source?.wake() }
        bytes.withBytes { context.output.append($0.extracting(first: count)) }
        bytes.removeFirst(count)
        // What is left follows when this is out.
        if isEmpty { bytes = ByteQueue() } else { sink?.wake() }
        return true
    }

    func end() {
        hasEnded = true
        sink?.wake()
    }

    func shut() {
        isShut = true
        bytes = ByteQueue()
        source?.wake()
    }
}
