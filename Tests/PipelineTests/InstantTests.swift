import BlackholePipeline
import Testing

@Suite struct `An instant` {
    @Test(
        arguments: [
            (Duration.zero, 0), (.nanoseconds(1), 1), (.seconds(1), 1_000_000_000),
            (.milliseconds(-1), -1_000_000), (.seconds(Int64.max), Int64.max),
            (.seconds(Int64.min), Int64.min),
            (.seconds(1e20), Int64.max), (.seconds(-1e20), Int64.min),
            (.nanoseconds(Int64.max), Int64.max), (.nanoseconds(Int64.min), Int64.min),
            (.nanoseconds(Int64.min + 1), Int64.min + 1),
            (.nanoseconds(Int64.max) + .seconds(1), Int64.max),
            (Duration(secondsComponent: 0, attosecondsComponent: 999_999_999), 0),
        ] as [(Duration, Int64)])
    func `takes a duration in nanoseconds, clamped`(duration: Duration, nanoseconds: Int64) {
        #expect(duration.nanosecondsClamped == nanoseconds)
        #expect(Instant(nanoseconds: 0) + duration == Instant(nanoseconds: nanoseconds))
    }

    @Test func `is never when it is out of range`() {
        #expect(Instant(nanoseconds: .max - 1) + .nanoseconds(2) == .never)
        #expect(Instant.never + .seconds(1) == .never)
        #expect(Instant(nanoseconds: 5).advanced(byNanoseconds: .max) == .never)
    }

    @Test func `comes before the later one, and all before never`() {
        let start = Instant(nanoseconds: 10)
        #expect(start < start.advanced(byNanoseconds: 1))
        #expect(start + .seconds(-1) < start)
        #expect(start < .never)
        #expect(start <= start)
    }
}
