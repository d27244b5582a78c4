import BlackholeRules
import BlackholeSink
import Testing

struct PolicyTests {
    @Test(arguments: Mode.allCases)
    func `a mode speaks where its README says`(mode: Mode) {
        var policy = ModeSettings()
        policy.mode = mode
        let isConnect = mode == .unavailable || mode == .offline
        #expect(policy.effectiveStage == (isConnect ? .connect : .message))
        policy.stage = .rcpt
        #expect(policy.effectiveStage == .rcpt)
    }
}
