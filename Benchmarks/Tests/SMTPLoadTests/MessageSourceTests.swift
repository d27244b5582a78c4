import BlackholePipeline
import SMTPLoad
import Testing

@Suite struct `A source of messages` {
    private let start = Instant(nanoseconds: 5_000_000_000)

    @Test func `gives out so many`() {
        var source = MessageSource(messages: 3, seconds: nil)
        #expect(source.left(at: start) == 3)
        for _ in 0..<3 { #expect(source.take(at: start) == .now) }
        #expect(source.take(at: start) == .none)
        #expect(source.left(at: start) == 0)
    }

    @Test func `gives out as many as are asked for, for so long`() {
        var source = MessageSource(messages: nil, seconds: 2)
        for _ in 0..<1000 { #expect(source.take(at: start) == .now) }
        #expect(source.take(at: start + .milliseconds(1999)) == .now)
        #expect(source.take(at: start + .seconds(2)) == .none)
        #expect(source.left(at: start + .seconds(2)) == 0)
        #expect(source.taken == 1001)
    }

    @Test func `ends by its number or its time, whichever comes first`() {
        var source = MessageSource(messages: 2, seconds: 1)
        #expect(source.take(at: start) == .now)
        #expect(source.take(at: start + .seconds(1)) == .none)
    }

    @Test func `keeps to a schedule, whatever becomes of the messages before`() {
        var source = MessageSource(messages: nil, seconds: 1, schedule: Schedule(rate: 4))
        #expect(source.take(at: start) == .due(start))
        #expect(source.take(at: start) == .later(start + .milliseconds(250)))
        // What is overdue counts from its own time.
        #expect(source.take(at: start + .milliseconds(900)) == .due(start + .milliseconds(500)))
        #expect(source.take(at: start + .milliseconds(900)) == .due(start + .milliseconds(750)))
        #expect(source.take(at: start + .milliseconds(900)) == .none)
        #expect(source.taken == 4)
    }

    @Test func `begins a schedule when the others have had time to connect`() {
        var source = MessageSource(
            messages: 2, seconds: nil, schedule: Schedule(rate: 1000), lead: .milliseconds(150))
        #expect(source.take(at: start) == .later(start + .milliseconds(150)))
        #expect(source.take(at: start) == .later(start + .milliseconds(151)))
        #expect(source.start == start + .milliseconds(150))
    }

    @Test func `tells how many were due and never begun`() {
        var source = MessageSource(messages: nil, seconds: 1, schedule: Schedule(rate: 1000))
        #expect(source.overdue(at: start) == 0)
        for _ in 0..<100 { _ = source.take(at: start) }
        #expect(source.overdue(at: start + .milliseconds(50)) == 0)
        #expect(source.overdue(at: start + .milliseconds(500)) == 400)
        #expect(source.overdue(at: start + .seconds(60)) == 900)
    }

    @Test(arguments: [0.1, 3, 7, 999.5, 33_333, 1_000_000])
    func `has no drift`(rate: Double) {
        let schedule = Schedule(rate: rate)
        let end = schedule.time(of: Int(rate * 1000), from: start)
        let wanted = Double(Int(rate * 1000)) / rate
        let seconds = Double(end.nanoseconds - start.nanoseconds) / 1e9
        #expect(abs(seconds - wanted) < 1e-6)
        #expect(schedule.count(in: 10_000_000_000) == Int((rate * 10).rounded(.up)))
    }
}
