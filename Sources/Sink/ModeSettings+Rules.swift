internal import BlackholeRules
internal import BlackholeSMTP

// What the settings of a mode stand for, as rules: they come behind all that are written.
extension ModeSettings {
    /// Whether all mail is taken, at once: there are no ``ruleTexts``.
    package var isPlain: Bool { ruleTexts.isEmpty }

    /// The rules of the mode, at its stage.
    package var ruleTexts: [String] {
        let stage = effectiveStage
        var texts: [String] = []
        if let delayText { texts.append("\(stage.rawValue) -> \(delayText)") }
        if let outcome = outcome(of: mode, at: stage) {
            texts.append("\(stage.rawValue) -> \(outcome)")
        }
        return texts
    }

    /// The rules that modes stand for at the end of a message that requests them.
    var requestedTexts: [(mode: Mode, text: String)] {
        Mode.allCases.map { ($0, "message -> \(outcome(of: $0, at: .message) ?? "accept")") }
    }

    private var delayText: String? {
        guard let delay, delay.most > .zero else { return nil }
        let (least, most) = (TimeSpan(delay.least), TimeSpan(delay.most))
        return Rule.Step.wait(least == most ? .fixed(most) : .uniform(least, most)).description
    }

    /// What a mode does; nil if it does nothing.
    private func outcome(of mode: Mode, at stage: ModeStage) -> String? {
        let accepting = acceptCodes(at: stage).map { $0 == .ok ? "accept" : "\($0.rawValue)" }
        var bouncing = bounceCodes(at: stage).map { "\($0.rawValue)" }
        if bouncing.isEmpty { bouncing = ["550"] }
        switch mode {
        case .accept: return accepting == ["accept"] ? nil : accepting.joined(separator: " | ")
        case .bounce: return bouncing.joined(separator: " | ")
        case .random where acceptRatio == 0: return bouncing.joined(separator: " | ")
        case .random where acceptRatio == 1: return outcome(of: .accept, at: stage)
        case .random:
            // What is not a share of accepting is shared out among the codes to bounce with.
            let share = DecimalNumber(acceptRatio * 100 / Double(accepting.count))
            let weighted = accepting.map { "\(share?.description ?? "50")% \($0)" }
            return (weighted + bouncing).joined(separator: " | ")
        case .unavailable: return "421"
        case .offline: return "521"
        }
    }

    /// The codes that a stage may accept with.
    private func acceptCodes(at stage: ModeStage) -> [ReplyCode] {
        let codes: [ReplyCode] =
            switch stage {
            case .message: acceptCodes
            case .rcpt: acceptCodes.filter { $0 == .ok || $0 == .userNotLocal }
            case .connect, .helo, .mail, .data: []
            }
        return codes.isEmpty ? [.ok] : codes
    }
}
