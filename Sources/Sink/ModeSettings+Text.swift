internal import BlackholeRules

extension ModeSettings {
    /// `bounce at message, with 550,551, after 2 seconds; headers may switch`.
    package var text: String {
        var text = "\(mode.rawValue) at \(effectiveStage.rawValue)"
        if mode == .accept || mode == .random { text += ", accept with \(acceptCodes.listed)" }
        if mode == .bounce || mode == .random {
            text += ", bounce with \(bounceCodes(at: effectiveStage).listed)"
        }
        if mode == .random { text += ", accept \(acceptRatio)" }
        if let delay { text += ", delay \(delay.text)" }
        return text + (hasHeaderSwitches ? ", headers may switch" : "")
    }
}

extension DelayRange {
    fileprivate var text: String {
        least == most ? "\(least)" : "\(least) to \(most)"
    }
}
