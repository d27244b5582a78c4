public import BlackholePipeline
public import BlackholeSMTP

/// The layer around a session that gives it a random source of its own.
///
/// What a session draws then depends on the seed and the connection's number alone, not on the loop
/// that serves it: the same clients, one after another, get the same replies from any number of
/// loops.
///
/// It is public because only then is it compiled into the stack as one with its session, at no cost.
public struct SeededSession<Next: CommandHandler & ~Copyable>: CommandHandler, ~Copyable {
    @usableFromInline var random: RandomSource
    @usableFromInline var next: Next

    /// Wraps a session.
    ///
    /// - Parameters:
    ///   - seed: what is drawn depends on it.
    ///   - connection: the number that tells the connections of one seed apart.
    ///   - isSecured: whether it is the session of a secured connection, which may be the second
    ///     one of the connection, after STARTTLS.
    ///   - next: makes the session.
    @inlinable
    public init(seed: UInt64, connection: UInt64, isSecured: Bool, _ next: () -> Next) {
        let number = connection &* 2 &+ (isSecured ? 1 : 0)
        var seeds = RandomSource(seed: seed &+ number &* 0xD1B5_4A32_D192_ED03)
        random = RandomSource(seed: seeds.next())
        self.next = next()
    }

    /// Whether the session wants it.
    @inlinable
    public static var wantsContent: Bool { Next.wantsContent }

    /// Whether the session says so.
    @inlinable
    public var ignoresContent: Bool { next.ignoresContent }

    /// Hands the command on.
    @inlinable
    public mutating func receive(
        command line: RawSpan, _ context: inout Context
    ) -> CommandVerdict {
        swap(&random, &context.random)
        defer { swap(&random, &context.random) }
        return next.receive(command: line, &context)
    }

    /// Hands the notice on.
    @inlinable
    public mutating func receiveOverlongLine(_ context: inout Context) -> CommandVerdict {
        swap(&random, &context.random)
        defer { swap(&random, &context.random) }
        return next.receiveOverlongLine(&context)
    }

    /// Hands the content on.
    @inlinable
    public mutating func receive(content: RawSpan, _ context: inout Context) {
        swap(&random, &context.random)
        defer { swap(&random, &context.random) }
        next.receive(content: content, &context)
    }

    /// Hands the notice on.
    @inlinable
    public mutating func contentArrived(_ context: inout Context) {
        next.contentArrived(&context)
    }

    /// Hands the notice on.
    @inlinable
    public mutating func contentEnded(
        bytes: Int, _ context: inout Context
    ) -> CommandVerdict {
        swap(&random, &context.random)
        defer { swap(&random, &context.random) }
        return next.contentEnded(bytes: bytes, &context)
    }

    /// Hands the event on.
    @inlinable
    public mutating func handle(_ event: ConnectionEvent, _ context: inout Context)
        -> CommandVerdict
    {
        swap(&random, &context.random)
        defer { swap(&random, &context.random) }
        return next.handle(event, &context)
    }
}
