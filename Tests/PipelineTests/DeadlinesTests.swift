import BlackholePipeline
import Testing

@Suite struct `The deadlines of a loop` {
    @Test func `are never when there are none`() {
        var deadlines = Deadlines()
        #expect(deadlines.next == .never)
        #expect(deadlines.takeDue(at: .never) == nil)
        #expect(deadlines.isValid())
    }

    @Test func `move a slot earlier, never later`() {
        var deadlines = Deadlines()
        deadlines.enter(3, at: Instant(nanoseconds: 100))
        deadlines.enter(3, at: Instant(nanoseconds: 200))
        #expect(deadlines.next == Instant(nanoseconds: 100))
        deadlines.enter(3, at: Instant(nanoseconds: 50))
        #expect(deadlines.next == Instant(nanoseconds: 50))
        #expect(deadlines.count == 1)
        #expect(deadlines.takeDue(at: Instant(nanoseconds: 49)) == nil)
        #expect(deadlines.takeDue(at: Instant(nanoseconds: 50)) == 3)
        #expect(deadlines.takeDue(at: .never) == nil)
    }

    @Test(arguments: 0..<8 as Range<UInt64>)
    func `agree with a naive list`(seed: UInt64) {
        var random = RandomSource(seed: seed)
        var deadlines = Deadlines()
        var reference: [Int: Int64] = [:]
        var now: Int64 = 0
        for _ in 0..<3000 {
            if Int.random(in: 0..<3, using: &random) > 0 {
                let slot = Int.random(in: 0..<60, using: &random)
                let time = now + Int64.random(in: -5...100, using: &random)
                deadlines.enter(slot, at: Instant(nanoseconds: time))
                reference[slot] = min(reference[slot] ?? .max, time)
            } else {
                now += Int64.random(in: 0...10, using: &random)
                while let slot = deadlines.takeDue(at: Instant(nanoseconds: now)) {
                    let time = reference.removeValue(forKey: slot)
                    #expect(time != nil)
                    // The earliest comes first.
                    #expect(reference.values.allSatisfy { $0 >= time ?? .max })
                }
                #expect(reference.values.allSatisfy { $0 > now })
            }
            #expect(deadlines.isValid())
            #expect(deadlines.count == reference.count)
            #expect(deadlines.next.nanoseconds == reference.values.min() ?? .max)
        }
    }
}
