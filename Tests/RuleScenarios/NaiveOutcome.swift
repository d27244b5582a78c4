internal import BlackholePipeline
internal import BlackholeRules
internal import BlackholeSMTP

/// What a naive search has found.
struct NaiveOutcome {
    var answer: Answer?
    var delay: Int64 = 0
    var lasting = RuleEffects.Lasting()
    var garble: RuleEffects.Garble?
    var certificate: Rule.CertificateFlaw?
    var edits: [KeywordEdit] = []
    var resets = false

    var isAnswered: Bool { answer != nil }

    /// The answer with its delay.
    var delayed: Answer {
        var answer = answer ?? .accept
        answer.delayNanoseconds = delay
        return answer
    }

    mutating func carryOut(
        _ step: Rule.Step, at stage: Stage, _ draw: inout Draw,
        _ value: (Placeholder) -> String
    ) {
        switch step {
        case .accept: answer = .accept
        case .reply(let template):
            answer = .reply(
                Reply(template.code, raw: Array(text(template, at: stage, value).utf8)))
            if template.code == 421 { answer = answer?.thenClose() }
        case .raw(let template):
            let bytes = bytes(template, value)
            let number = UInt16(String(decoding: bytes.prefix(3), as: UTF8.self)) ?? 0
            var code = bytes.prefix(3).contains { !(0x30...0x39 ~= $0) } ? 0 : number
            if !(200...599 ~= code) {
                code = stage == .data ? 354 : stage == .connect || stage == .startTLS ? 220 : 250
            }
            answer = .reply(Reply(code, raw: bytes))
        case .wait(.fixed(let time)): delay += time.nanoseconds
        case .wait(.uniform(let least, let most)):
            delay += Spread(from: least.duration, to: most.duration).nanoseconds(&draw)
        case .wait(.lognormal(let median, let high)):
            delay += Spread(median: median.duration, percentile99: high.duration)
                .nanoseconds(&draw)
        case .close:
            answer = answer.map { $0.thenClose() } ?? .close
        case .reset:
            resets = answer != nil
            answer = answer.map { $0.thenClose() } ?? .reset
        case .silence: answer = .silence
        case .slow(let size): lasting.slow = lasting.slow ?? size.bytes
        case .drip(let size): lasting.drip = lasting.drip ?? size.bytes
        case .garble(let kind):
            let seed = draw.bits()
            if garble == nil { garble = RuleEffects.Garble(kind: kind, seed: seed) }
        case .announce(let line): edits.append(.announce(line))
        case .hide(let keyword): edits.append(.hide(keyword))
        case .certificate(let flaw): certificate = certificate ?? flaw
        case .keep: lasting.keeps = lasting.keeps ?? true
        case .drop: lasting.keeps = lasting.keeps ?? false
        }
    }

    private func text(
        _ reply: ReplyTemplate, at stage: Stage, _ value: (Placeholder) -> String
    ) -> String {
        var lines = reply.lines.map { String(decoding: bytes($0, value), as: UTF8.self) }
        var enhanced = reply.enhanced.map { "\($0) " } ?? ""
        if lines.isEmpty {
            let known = ReplyCode(rawValue: reply.code)
            lines = [known.map { "\($0.text)" } ?? "?"]
            if reply.enhanced == nil, stage != .connect, stage != .hello {
                enhanced = known?.enhanced.map { "\($0) " } ?? ""
            }
        }
        lines[0] = enhanced + lines[0]
        return lines.enumerated().map { index, line in
            "\(reply.code)\(index + 1 < lines.count ? "-" : " ")\(line)\r\n"
        }.joined()
    }

    private func bytes(_ text: TextTemplate, _ value: (Placeholder) -> String) -> [UInt8] {
        text.parts.flatMap { part in
            switch part {
            case .literal(let bytes): bytes
            case .placeholder(let placeholder): Array(value(placeholder).utf8)
            }
        }
    }
}
