internal import BlackholeRules
internal import BlackholeSMTP

extension Policy {
    /// What the settings of a mode say, as rules: they come behind all that are written.
    var ruleTexts: [String] {
        let stage = effectiveStage.rawValue
        var texts: [String] = []
        if let delay { texts.append("\(stage) -> wait \(delay.written)") }
        if let outcome { texts.append("\(stage) -> \(outcome)") }
        return texts
    }

    private var outcome: String? {
        let accepting = acceptCodes(at: effectiveStage).map {
            $0 == .ok ? "accept" : "\($0.rawValue)"
        }
        let bouncing = bounceCodes(at: effectiveStage).map { "\($0.rawValue)" }
        switch mode {
        case .accept: return accepting == ["accept"] ? nil : accepting.joined(separator: " | ")
        case .bounce: return bouncing.joined(separator: " | ")
        case .random where acceptRatio == 0: return bouncing.joined(separator: " | ")
        case .random:
            let share = DecimalNumber(acceptRatio * 100 / Double(accepting.count))
            let weighted = accepting.map { "\(share?.description ?? "50")% \($0)" }
            return (weighted + (acceptRatio < 1 ? bouncing : [])).joined(separator: " | ")
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

    /// What the original does at AUTH, VRFY and EXPN.
    static let quirks =
        [
            "auth user=*fail=* -> 535 5.7.8 Authentication failed",
            "auth password=*fail=* -> 535 5.7.8 Authentication failed",
            "vrfy arg=*pass=* -> 250 2.0.0 <pass@{host}> OK",
            "vrfy arg=*fail=* -> 550 5.7.1 User unknown",
        ]
        + MailingList.allCases.flatMap { list in
            [list.rawValue, "<\(list.rawValue)>"].map { "expn arg=\($0) -> \(list.ruleReply)" }
        } + ["expn -> 550 5.7.1 Not authorised"]
}

extension MailingList {
    /// The reply that names a mailbox a line.
    fileprivate var ruleReply: String {
        let lines = members.map { name in
            "\(name) <\(name.lowercased().replacing(" ", with: "."))@{host}>"
        }
        return "250 2.0.0 " + lines.joined(separator: "\\n")
    }
}
