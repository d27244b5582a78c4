/// Calls one connection, from any thread or task: ends its pause, or tells its stack.
///
/// So a layer may wait for what is found out elsewhere: it hands its waker away, and pauses.
///
/// ```swift
/// struct Asking: ByteHandler, ~Copyable {
///     let answer = Answer()  // a final class around a Mutex<String?>
///
///     mutating func receive(_ input: RawSpan, _ context: inout Context) -> Intake {
///         Task { [answer, waker = context.waker] in
///             let text = await lookUp()
///             answer.text.withLock { $0 = text }
///             waker.wake()
///         }
///         return Intake(input.byteCount, .pause(until: context.now + .seconds(30)))
///     }
///
///     mutating func handle(_ event: ConnectionEvent, _ context: inout Context) -> Verdict {
///         guard event == .resumed else { return event == .ended ? .close : .proceed }
///         guard let text = answer.text.withLock({ $0.take() }) else { return .close }
///         context.output.append(text: text)
///         return .proceed
///     }
/// }
/// ```
///
/// It stays with its connection: once that is gone it wakes nobody.
public struct Waker: Sendable {
    let mailbox: Mailbox?
    let token: UInt64

    /// Ends the pause, or tells the stack of the call.
    ///
    /// ``ConnectionEvent/resumed`` follows, or where the connection is not paused
    /// ``ConnectionEvent/woken``. Neither comes before the peer has taken the output.
    ///
    /// No call is lost: one that comes while the connection is not paused ends its next pause at
    /// once, too. Calls that come before the event count as one with it. So a layer that has given its waker
    /// away may be resumed before its time, and looks for what it waits for. A call before
    /// ``ConnectionEvent/opened`` tells nothing, for the stack has yet to begin.
    public func wake() {
        mailbox?.post(.wake(token))
    }
}
