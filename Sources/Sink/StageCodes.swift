internal import BlackholePipeline
internal import BlackholeSMTP

/// What a policy's modes say at one stage: the codes that they draw from.
struct StageCodes: Sendable {
    private let stage: ModeStage
    private let accepting: [ReplyCode]
    private let bouncing: [ReplyCode]
    private let acceptRatio: Double

    init(_ policy: Policy, at stage: ModeStage) {
        self.stage = stage
        accepting =
            switch stage {
            case .message: policy.acceptCodes
            case .rcpt: policy.acceptCodes.filter { $0 == .ok || $0 == .userNotLocal }
            case .connect, .helo, .mail, .data: []
            }
        bouncing = policy.bounceCodes(at: stage)
        acceptRatio = policy.acceptRatio
    }

    /// The answer of a mode: every code of its table is as likely as any other.
    func answer(_ mode: Mode, _ random: inout RandomSource) -> Answer {
        switch mode {
        case .accept: acceptance(&random)
        case .bounce: bounce(&random)
        case .random:
            Double.random(in: 0..<1, using: &random) < acceptRatio
                ? acceptance(&random) : bounce(&random)
        case .unavailable: answer(.serviceNotAvailable)
        case .offline: answer(.acceptsNoMail)
        }
    }

    /// The answer of a code; 250 leaves the words to the stage, which knows the message's name.
    func answer(_ code: ReplyCode) -> Answer {
        if code == .ok { return .accept }
        let answer = Answer.reply(reply(code))
        // The code says that the channel is being closed; no other does (RFC 5321 §3.8).
        return code == .serviceNotAvailable ? answer.thenClose() : answer
    }

    private func acceptance(_ random: inout RandomSource) -> Answer {
        answer(accepting.randomElement(using: &random) ?? .ok)
    }

    private func bounce(_ random: inout RandomSource) -> Answer {
        answer(bouncing.randomElement(using: &random) ?? .mailboxUnavailable)
    }

    private func reply(_ code: ReplyCode) -> Reply {
        switch stage {
        // Neither the greeting nor a reply to HELO or EHLO has an enhanced code (RFC 2034 §3).
        case .connect, .helo: Reply(code.rawValue, code.text)
        case .mail, .rcpt, .data, .message: Reply(code)
        }
    }
}
