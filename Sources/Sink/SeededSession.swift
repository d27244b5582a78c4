package import Pipeline
package import SMTP

/// The layer around a session that gives it a random source of its own.
///
/// What a session draws then depends on the seed and the connection's number alone, not on the loop
/// that serves it: the same clients, one after another, get the same replies from any number of
/// loops.
package struct SeededSession<Next: CommandHandler & ~Copyable>: CommandHandler, ~Copyable {
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
    package init(seed: UInt64, connection: UInt64, isSecured: Bool, _ next: () -> Next) {
        let number = connection &* 2 &+ (isSecured ? 1 : 0)
        var seeds = RandomSource(seed: seed &+ number &* 0xD1B5_4A32_D192_ED03)
        random = RandomSource(seed: seeds.next())
        self.next = next()
    }

    @inlinable
    package static var wantsContent: Bool { Next.wantsContent }

    @inlinable
    package var ignoresContent: Bool { next.ignoresContent }

    @inlinable
    package mutating func receive(
        command line: RawSpan, _ context: inout Context
    ) -> CommandVerdict {
        swap(&random, &context.random)
        defer { swap(&random, &context.random) }
        return next.receive(command: line, &context)
    }

    @inlinable
    package mutating func receiveOverlongLine(_ context: inout Context) -> CommandVerdict {
        swap(&random, &context.random)
        defer { swap(&random, &context.random) }
        return next.receiveOverlongLine(&context)
    }

    @inlinable
    package mutating func receive(content: RawSpan, _ context: inout Context) {
        swap(&random, &context.random)
        defer { swap(&random, &context.random) }
        next.receive(content: content, &context)
    }

    @inlinable
    package mutating func contentArrived(_ context: inout Context) {
        next.contentArrived(&context)
    }

    @inlinable
    package mutating func contentEnded(
        octets: Int, _ context: inout Context
    ) -> CommandVerdict {
        swap(&random, &context.random)
        defer { swap(&random, &context.random) }
        return next.contentEnded(octets: octets, &context)
    }

    @inlinable
    package mutating func handle(_ event: Event, _ context: inout Context) -> CommandVerdict {
        swap(&random, &context.random)
        defer { swap(&random, &context.random) }
        return next.handle(event, &context)
    }
}
