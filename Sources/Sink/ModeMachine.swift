package import BlackholePipeline
package import BlackholeSMTP

/// Draws what a policy answers, stage by stage: the machine of ``ModeResponder`` and
/// ``SwitchedResponder``.
package struct ModeMachine: Sendable {
    let policy: PreparedPolicy
    /// The mode has let the content of the message under way come, at DATA.
    private var hasAcceptedData = false

    package init(_ policy: PreparedPolicy) {
        self.policy = policy
    }

    /// The answer at a stage before the content; the stage's own where the mode does not speak.
    package mutating func answer(at stage: ModeStage, _ random: inout RandomSource) -> Answer {
        guard stage == policy.stage else { return .accept }
        let answer = policy.codes.answer(policy.mode, &random)
        if stage == .data { hasAcceptedData = answer.reply == nil }
        return delayed(answer, by: policy.delay, &random)
    }

    /// The answer at the end of a message: as its own headers say, or else the policy.
    ///
    /// The delay that headers choose is the one of this reply, whoever decides it; one that the
    /// policy's mode has had at its own stage is not repeated.
    package mutating func message(
        _ switches: HeaderSwitches.Choice, _ random: inout RandomSource
    ) -> Answer {
        let isOwn = policy.stage == .message || policy.stage == .data && !hasAcceptedData
        hasAcceptedData = false
        let answer: Answer =
            switch switches.mode {
            case .code(let code): policy.messageCodes.answer(code)
            case .mode(let mode): policy.messageCodes.answer(mode, &random)
            case nil: isOwn ? policy.codes.answer(policy.mode, &random) : .accept
            }
        return delayed(answer, by: switches.delay ?? (isOwn ? policy.delay : nil), &random)
    }

    /// Forgets the message under way.
    package mutating func reset() {
        hasAcceptedData = false
    }

    private func delayed(
        _ answer: Answer, by delay: DelayRange?, _ random: inout RandomSource
    ) -> Answer {
        guard let delay else { return answer }
        return answer.delayed(by: delay.drawn(&random))
    }
}
