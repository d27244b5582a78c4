import BlackholePipeline
import BlackholeRules
import BlackholeSMTP
import BlackholeSink
import Testing

/// How long the mode's reply is held back.
struct DelayTests {
    private static func policy(
        _ least: Duration, _ most: Duration, mode: Mode = .accept, at stage: ModeStage? = nil
    ) -> ModeSettings {
        ModeSettings(mode, at: stage) {
            $0.delay = DelayRange(least, most)
            $0.bounceCodes = [.blocked]
        }
    }

    @Test(arguments: ModeStage.allCases, [Mode.accept, .bounce])
    func `the reply of its stage comes when the delay is over`(stage: ModeStage, mode: Mode) {
        for way in Way.allCases {
            let heard = ModeTests.heard(at: stage, way)
            var dialogue = ModeDialogue(
                Self.policy(.seconds(2), .seconds(2), mode: mode, at: stage))
            for (step, lines) in ModeTests.steps(way) {
                var said = lines.isEmpty ? dialogue.replies() : dialogue.say(lines)
                if step == heard {
                    // The parts before the last one are answered at once.
                    #expect(said.count == (way == .chunks && step == .message ? 3 : 0))
                    dialogue.loopback.advance(by: .nanoseconds(1_999_999_999))
                    #expect(dialogue.replies().isEmpty)
                    dialogue.loopback.advance(by: .nanoseconds(1))
                    said = dialogue.replies()
                }
                let isRefused = step == heard && mode == .bounce
                #expect(said.codes.last == (isRefused ? 571 : ModeTests.own[step]))
                if isRefused { break }
            }
        }
    }

    @Test func `zero is none`() {
        var dialogue = ModeDialogue.begun(Self.policy(.zero, .zero))
        #expect(dialogue.send().hasPrefix("250"))
    }

    @Test func `what is sent behind waits, and keeps its order`() {
        var dialogue = ModeDialogue.begun(Self.policy(.seconds(1), .seconds(1)))
        let batch = Way.data.lines(["x"]) + ["NOOP", "EHLO x"] + Way.chunk.lines(["y"]) + ["QUIT"]
        #expect(dialogue.say(batch).codes == [250, 250, 354])
        dialogue.loopback.advance(by: .seconds(1))
        let second = dialogue.replies().codes
        #expect(second.allSatisfy { $0 == 250 } && second.count > 4)
        #expect(dialogue.isClosed == false)
        dialogue.loopback.advance(by: .seconds(1))
        #expect(dialogue.replies().codes == [250, 221])
    }

    @Test func `is drawn from its range, to the nanosecond`() {
        let (least, most): (Int64, Int64) = (1_000_000_000, 3_000_000_000)
        var dialogue = ModeDialogue.begun(Self.policy(.nanoseconds(least), .nanoseconds(most)))
        // Nothing is due but the end of the idle time, an hour from now.
        var now = dialogue.loopback.nextWakeTime.nanoseconds - 3_600_000_000_000
        var delays: [Int64] = []
        for _ in 0..<500 {
            #expect(dialogue.say(Way.data.lines([])).codes == [250, 250, 354])
            delays.append(dialogue.loopback.nextWakeTime.nanoseconds - now)
            dialogue.loopback.advance(by: .nanoseconds(most))
            now += most
            #expect(dialogue.replies().codes == [250])
        }
        #expect(delays.allSatisfy { least...most ~= $0 })
        #expect(Set(delays).count > 490)
        #expect(Set(delays.map { $0 % 10 }).count == 10)
        let mean = delays.reduce(0, +) / 500
        #expect(abs(mean - 2_000_000_000) < 130_000_000)
    }

    @Test func `may be as long as time itself`() {
        var dialogue = ModeDialogue.begun(Self.policy(.seconds(1 << 62), .seconds(1 << 62)))
        #expect(dialogue.say(Way.data.lines([])).codes == [250, 250, 354])
        dialogue.loopback.advance(by: .seconds(1_000_000))
        #expect(dialogue.replies().isEmpty)
    }
}
