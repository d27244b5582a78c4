import BlackholePipeline
import BlackholeSMTP

/// Who has still to be woken, where the body can see it.
///
/// A session lives on one thread, the body's.
final class Wakers: @unchecked Sendable {
    private var wakers: [Waker] = []
    /// Nobody is kept waiting for so long.
    static let maximumTime = Duration.seconds(100_000)

    func add(_ waker: Waker) { wakers.append(waker) }

    /// Wakes all, those of connections that are gone included.
    func wake() {
        for waker in wakers { waker.wake() }
        wakers.removeAll()
    }
}

/// Says what another responder says, but later: when it has been woken, sometimes without need.
struct Late<Asked: Responder>: Responder {
    private var asked: Asked
    /// Nil for a responder that is not late at all.
    private let wakers: Wakers?
    private var random: RandomSource
    private var answer: Answer?

    init(_ asked: Asked, _ wakers: Wakers?, seed: UInt64) {
        self.asked = asked
        self.wakers = wakers
        random = RandomSource(seed: seed ^ 0xA5)
    }

    static var wantsContent: Bool { Asked.wantsContent }

    mutating func connect(_ context: inout Context) -> Answer {
        later(asked.connect(&context), context)
    }

    mutating func hello(
        _ hello: HelloCommand, isExtended: Bool, in line: RawSpan, _ context: inout Context
    ) -> Answer {
        later(asked.hello(hello, isExtended: isExtended, in: line, &context), context)
    }

    mutating func startTLS(_ context: inout Context) -> Answer {
        later(asked.startTLS(&context), context)
    }

    mutating func authenticate(
        _ credentials: Credentials, _ context: inout Context
    ) -> Answer {
        later(asked.authenticate(credentials, &context), context)
    }

    mutating func mail(
        _ mail: MailCommand, in line: RawSpan, _ context: inout Context
    ) -> Answer {
        later(asked.mail(mail, in: line, &context), context)
    }

    mutating func recipient(
        _ recipient: RecipientCommand, in line: RawSpan, _ context: inout Context
    ) -> Answer {
        later(asked.recipient(recipient, in: line, &context), context)
    }

    mutating func data(_ context: inout Context) -> Answer {
        later(asked.data(&context), context)
    }

    mutating func content(_ bytes: RawSpan, _ context: inout Context) {
        asked.content(bytes, &context)
    }

    mutating func message(_ message: IncomingMessage, _ context: inout Context) -> Answer {
        later(asked.message(message, &context), context)
    }

    mutating func deliver(
        _ message: IncomingMessage, to recipient: Int, _ context: inout Context
    ) -> Answer {
        later(asked.deliver(message, to: recipient, &context), context)
    }

    mutating func reset(_ context: inout Context) { asked.reset(&context) }

    mutating func verify(_ argument: RawSpan, _ context: inout Context) -> Answer {
        later(asked.verify(argument, &context), context)
    }

    mutating func expand(_ argument: RawSpan, _ context: inout Context) -> Answer {
        later(asked.expand(argument, &context), context)
    }

    mutating func noop(_ context: inout Context) -> Answer {
        later(asked.noop(&context), context)
    }

    mutating func command(
        _ command: Command, in line: RawSpan, _ context: inout Context
    ) -> Answer? {
        asked.command(command, in: line, &context).map { later($0, context) }
    }

    mutating func quit(_ context: inout Context) -> Answer {
        later(asked.quit(&context), context)
    }

    mutating func closed(_ context: inout Context) { asked.closed(&context) }

    mutating func resume(_ context: inout Context) -> Answer? {
        guard let wakers, answer != nil else { return nil }
        switch random.next() % 8 {
        case 0:
            wakers.add(context.waker)
            return nil
        case 1:
            wakers.add(context.waker)
            return .later(within: Wakers.maximumTime)
        default:
            defer { answer = nil }
            return answer
        }
    }

    private mutating func later(_ answer: Answer, _ context: borrowing Context) -> Answer {
        guard let wakers, random.next() % 4 > 0 else { return answer }
        require(self.answer == nil, "one question is asked at a time")
        self.answer = answer
        switch random.next() % 4 {
        case 0: context.waker.wake()
        case 1:
            // Once too often: the second call is for a pause that has begun since.
            context.waker.wake()
            wakers.add(context.waker)
        default: wakers.add(context.waker)
        }
        return .later(within: Wakers.maximumTime)
    }
}

extension Late: Sendable where Asked: Sendable {}
