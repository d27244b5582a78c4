/// A layer that takes so many bytes a second of its peer, and leaves the rest to wait.
///
/// ```swift
/// Throttle(bytesPerSecond: 10_000) { LineFraming { … } }
/// ```
///
/// The peer is not read meanwhile, so its own sending slows down; nobody else's does. Bytes come
/// in pieces of a twentieth of a second's worth, of one byte at least. What the stack says goes out at
/// once, as far as it has been asked.
public struct Throttle<Next: ByteHandler & ~Copyable>: ByteHandler, ~Copyable {
    private let bytesPerSecond: Int
    private var next: Next
    private var allowance = Allowance()
    /// Whether the pause under way is this layer's own.
    private var isHolding = false
    /// A layer inside was woken during it: its next pause ends at once.
    private var isNextWoken = false
    private var nextKeepsInput = false

    /// Wraps a stack.
    ///
    /// - Parameters:
    ///   - bytesPerSecond: above 0.
    ///   - next: makes the stack inside.
    public init(bytesPerSecond: Int, _ next: () -> Next) {
        precondition(bytesPerSecond > 0, "a throttle lets something through")
        self.bytesPerSecond = bytesPerSecond
        self.next = next()
    }

    /// Hands on what may be taken now.
    public mutating func receive(_ input: RawSpan, _ context: inout Context) -> Intake {
        guard let end = allowance.take(input.byteCount, bytesPerSecond, at: context.now) else {
            return hold(consumed: 0)
        }
        var intake = next.receive(input.extracting(0..<end), &context)
        allowance.consume(intake.consumed)
        nextKeepsInput = intake.keepsInput
        // The kernel would take them faster.
        intake.discardable = 0
        if intake.verdict == .proceed, end < input.byteCount {
            return hold(consumed: intake.consumed)
        }
        intake.verdict = passOn(intake.verdict, context)
        return intake
    }

    /// Hands the event on, unless it ends a pause of its own.
    public mutating func handle(_ event: ConnectionEvent, _ context: inout Context) -> Verdict {
        guard event == .resumed, isHolding else {
            return passOn(next.handle(event, &context), context)
        }
        if context.isCalled {
            // It was meant for the layers inside, which are not paused.
            isNextWoken = true
            let verdict = next.handle(.woken, &context)
            guard verdict == .proceed || verdict == .flush else {
                isHolding = false
                return passOn(verdict, context)
            }
        }
        guard allowance.takenUntil <= context.now else {
            return .pause(until: allowance.takenUntil)
        }
        isHolding = false
        return .proceed
    }

    private mutating func hold(consumed: Int) -> Intake {
        isHolding = true
        return Intake(consumed, .pause(until: allowance.takenUntil), keepsInput: nextKeepsInput)
    }

    private mutating func passOn(_ verdict: Verdict, _ context: borrowing Context) -> Verdict {
        guard case .pause = verdict, isNextWoken else { return verdict }
        isNextWoken = false
        return .pause(until: context.now)
    }
}

/// How much of its input a stack may be offered at a rate: the machine of ``Throttle``.
package struct Allowance: BitwiseCopyable, Sendable {
    /// The bytes at the start of the input that the stack was offered before.
    private var offered = 0
    /// When the bytes that were taken will have had their time.
    package private(set) var takenUntil = Instant(nanoseconds: .min)

    /// Creates an allowance of which nothing is taken.
    package init() {}

    /// Returns the end of what may be offered of so many bytes; nil if that has to wait.
    package mutating func take(
        _ count: Int, _ bytesPerSecond: Int, at now: Instant
    ) -> Int? {
        guard takenUntil <= now else { return nil }
        let fresh = min(count - min(offered, count), max(1, bytesPerSecond / 20))
        let nanoseconds = Int64(fresh) * 1_000_000_000 / Int64(bytesPerSecond)
        takenUntil = now.advanced(byNanoseconds: nanoseconds)
        offered = min(offered, count) + fresh
        return offered
    }

    /// Takes note that all of so many bytes were offered, at no rate.
    package mutating func takeAll(_ count: Int) {
        offered = count
    }

    /// Takes note of what the stack has consumed of that.
    package mutating func consume(_ count: Int) {
        offered -= count
    }
}
