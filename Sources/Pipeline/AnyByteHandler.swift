/// A stack whose type is chosen at run time: one allocation for a connection, one indirect call
/// for a read; inside, the stack is as fast as ever.
///
/// ```swift
/// let stack = isTraced ? AnyByteHandler(Transcript { Echo() }) : AnyByteHandler(Echo())
/// ```
public struct AnyByteHandler: ByteHandler, ~Copyable {
    @usableFromInline let type: StackType
    @usableFromInline let memory: UnsafeMutableRawPointer

    /// Boxes `handler`.
    @inlinable
    public init<Handler: ByteHandler & ~Copyable>(_ handler: consuming Handler) {
        type = StackType(of: Handler.self)
        memory = .allocate(byteCount: type.size, alignment: type.alignment)
        memory.bindMemory(to: Handler.self, capacity: 1).initialize(to: handler)
    }

    deinit {
        type.destroy(memory)
        memory.deallocate()
    }

    /// Hands the bytes to the boxed stack.
    public mutating func receive(_ input: RawSpan, _ context: inout Context) -> Intake {
        type.receive(memory, input, &context)
    }

    /// Hands the event to the boxed stack.
    public mutating func handle(_ event: ConnectionEvent, _ context: inout Context) -> Verdict {
        type.handle(memory, event, &context)
    }
}
