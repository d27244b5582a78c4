/// How to run stacks of one type in raw memory: what the loop knows of a stack.
///
/// Its functions are made where the concrete type is known, so that the whole stack behind them
/// is one specialised function, while the loop itself is compiled once for all stacks.
@usableFromInline
struct StackType: Sendable {
    @usableFromInline let size: Int
    @usableFromInline let alignment: Int
    @usableFromInline let receive:
        @Sendable (UnsafeMutableRawPointer, RawSpan, inout Context) -> Intake
    @usableFromInline let handle:
        @Sendable (UnsafeMutableRawPointer, ConnectionEvent, inout Context) -> Verdict
    @usableFromInline let destroy: @Sendable (UnsafeMutableRawPointer) -> Void

    @inlinable
    init<Handler: ByteHandler & ~Copyable>(of _: Handler.Type) {
        size = max(MemoryLayout<Handler>.size, 1)
        alignment = MemoryLayout<Handler>.alignment
        receive = { memory, input, context in
            memory.assumingMemoryBound(to: Handler.self).pointee.receive(input, &context)
        }
        handle = { memory, event, context in
            memory.assumingMemoryBound(to: Handler.self).pointee.handle(event, &context)
        }
        destroy = { memory in
            memory.assumingMemoryBound(to: Handler.self).deinitialize(count: 1)
        }
    }
}
