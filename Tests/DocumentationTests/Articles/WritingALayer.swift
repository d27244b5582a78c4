import BlackholePipeline
import Synchronization
import Testing

struct Echo: ByteHandler {
    mutating func receive(_ input: RawSpan, _ context: inout Context) -> Intake {
        context.output.append(input)
        return Intake(input.byteCount)
    }

    mutating func handle(_ event: ConnectionEvent, _ context: inout Context) -> Verdict {
        event == .ended ? .close : .proceed
    }
}

struct Slowed<Next: ByteHandler & ~Copyable>: ByteHandler, ~Copyable {
    private let bytesASecond: Int
    private var isPausing = false
    private var next: Next

    init(bytesASecond: Int, _ next: () -> Next) {
        self.bytesASecond = bytesASecond
        self.next = next()
    }

    mutating func receive(_ input: RawSpan, _ context: inout Context) -> Intake {
        var intake = next.receive(input, &context)
        guard intake.verdict == .proceed, intake.consumed > 0 else { return intake }
        isPausing = true
        let time = Duration.seconds(1) * intake.consumed / bytesASecond
        intake.verdict = .pause(until: context.now + time)
        return intake
    }

    mutating func handle(_ event: ConnectionEvent, _ context: inout Context) -> Verdict {
        if event == .resumed, isPausing {
            isPausing = false
            return .proceed
        }
        return next.handle(event, &context)
    }
}

final class Finding: Sendable {
    private let text = Mutex<String?>(nil)

    func put(_ text: String) { self.text.withLock { $0 = text } }
    func take() -> String? { text.withLock { $0.take() } }
}

struct Asking: ByteHandler {
    let look: @Sendable (Finding, Waker) -> Void
    private let finding = Finding()

    init(_ look: @escaping @Sendable (Finding, Waker) -> Void) { self.look = look }

    mutating func receive(_ input: RawSpan, _ context: inout Context) -> Intake {
        look(finding, context.waker)
        return Intake(input.byteCount, .pause(until: context.now + .seconds(30)))
    }

    mutating func handle(_ event: ConnectionEvent, _ context: inout Context) -> Verdict {
        guard event == .resumed else { return event == .ended ? .close : .proceed }
        context.output.append(text: finding.take() ?? "nobody knows\r\n")
        return .proceed
    }
}

func stack(isSlow: Bool) -> AnyByteHandler {
    isSlow ? AnyByteHandler(Slowed(bytesASecond: 10) { Echo() }) : AnyByteHandler(Echo())
}

func slowEcho() -> some ByteHandler & ~Copyable {
    Slowed(bytesASecond: 10) { Echo() }
}

extension Counter {
    static var throttled: Counter { Counter(index: 32) }
}

struct WritingALayerTests {
    @Test func `an echo says what it hears`() {
        var peer = Loopback { _ in Echo() }
        peer.send("hello")
        #expect(peer.takeOutput() == "hello")
        peer.end()
        #expect(peer.closing == .ended)
    }

    @Test func `a throttled peer waits its second`() {
        var peer = Loopback { _ in Slowed(bytesASecond: 10) { Echo() } }
        peer.send("0123456789")
        peer.send("abc")
        #expect(peer.takeOutput() == "0123456789")
        peer.advance(by: .seconds(1))
        #expect(peer.takeOutput() == "abc")
    }

    @Test(arguments: [1, 2, 7, Int.max])
    func `no byte is lost, in whatever pieces they come`(size: Int) {
        var peer = Loopback { _ in Slowed(bytesASecond: 10) { Echo() } }
        peer.send("0123456789abcdefghij", inPiecesOf: size)
        peer.advance(by: .seconds(60))
        #expect(peer.takeOutput() == "0123456789abcdefghij")
    }

    @Test func `who asks is answered when the finding is there`() {
        var peer = Loopback { _ in
            Asking { finding, waker in
                finding.put("42\r\n")
                waker.wake()
            }
        }
        peer.send("what is it?")
        peer.advance(by: .zero)
        #expect(peer.takeOutput() == "42\r\n")
    }

    @Test func `who asks in vain hears so in time`() {
        var peer = Loopback { _ in Asking { _, _ in } }
        peer.send("what is it?")
        peer.advance(by: .seconds(30))
        #expect(peer.takeOutput() == "nobody knows\r\n")
    }

    @Test(arguments: [false, true])
    func `a stack may be chosen at run time`(isSlow: Bool) {
        var peer = Loopback { _ in stack(isSlow: isSlow) }
        peer.send("hello")
        peer.send("world")
        #expect(peer.takeOutput() == (isSlow ? "hello" : "helloworld"))
    }

    @Test func `a stack has a type that nobody need spell`() {
        var peer = Loopback { _ in slowEcho() }
        peer.send("hello")
        #expect(peer.takeOutput() == "hello")
        #expect(peer.counters[.throttled] == 0)
    }

    @Test func `a stack listens`() throws {
        let loops = try EventLoops(count: 1)
        let address = try loops.listen(on: .loopback()) { peer in
            Throttle(bytesPerSecond: 1000) { Echo() }
        }
        print("listening on", address)
        #expect(loops[.accepted] == 0)
        loops.stop()
    }
}
