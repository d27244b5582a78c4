package import BlackholePipeline

/// The outermost layer of a connection that is recorded: tells of its beginning and end.
package struct ConnectionRecorder<
    Observer: ConnectionObserver, Next: ByteHandler & ~Copyable
>: ByteHandler, ~Copyable {
    private let observer: Observer
    private var next: Next

    /// Wraps a stack.
    package init(_ observer: Observer, _ next: () -> Next) {
        self.observer = observer
        self.next = next()
    }

    package mutating func receive(_ input: RawSpan, _ context: inout Context) -> Intake {
        next.receive(input, &context)
    }

    package mutating func handle(_ event: ConnectionEvent, _ context: inout Context) -> Verdict {
        if event == .opened { observer.opened(at: context.now) }
        let verdict = next.handle(event, &context)
        if event == .closed { observer.closed(at: context.now) }
        return verdict
    }
}
