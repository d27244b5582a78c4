import BlackholePipeline
import BlackholeTestSupport
import Synchronization

/// The wakers of a test's connections, in the order in which they were given away.
final class Wakers: Sendable {
    private let wakers = Mutex<[Waker]>([])

    func add(_ waker: Waker) {
        wakers.withLock { $0.append(waker) }
    }

    var all: [Waker] { wakers.withLock { $0 } }

    func wakeAll() {
        for waker in all { waker.wake() }
    }
}

/// Gives its waker away with every piece of input, and pauses; but "go on" lets it go on.
func pausing(
    _ journal: Journal, _ wakers: Wakers, until pause: Duration = .seconds(Int64.max)
) -> Scripted {
    Scripted(
        journal,
        onInput: { input, context in
            journal.note(input.text)
            context.output.append(input)
            wakers.add(context.waker)
            let mayGoOn = input.text == "go on"
            return Intake(
                input.byteCount, mayGoOn ? .proceed : .pause(until: context.now + pause))
        },
        onEvent: { event, context in
            if event != .closed { context.output.append(text: "\(event)\n") }
            return event == .ended ? .close : .proceed
        })
}

/// Asks a task for an answer and waits for it: the example of `Waker`.
struct Asking: ByteHandler, ~Copyable {
    final class Answer: Sendable {
        let text = Mutex<String?>(nil)
    }

    let answer = Answer()
    let lookUp: @Sendable () async -> String

    init(_ lookUp: @escaping @Sendable () async -> String) {
        self.lookUp = lookUp
    }

    mutating func receive(_ input: RawSpan, _ context: inout Context) -> Intake {
        Task { [answer, lookUp, waker = context.waker] in
            let text = await lookUp()
            answer.text.withLock { $0 = text }
            waker.wake()
        }
        return Intake(input.byteCount, .pause(until: context.now + .seconds(30)))
    }

    mutating func handle(_ event: ConnectionEvent, _ context: inout Context) -> Verdict {
        guard event == .resumed else { return event == .ended ? .close : .proceed }
        guard let text = answer.text.withLock({ $0.take() }) else { return .close }
        context.output.append(text: text)
        return .proceed
    }
}
