import BlackholePipeline
import BlackholeSMTP

/// A session whose replies are fuzzed has one of them go wrong in the way that is reported, the same
/// however the client's bytes arrive, and says all else as a session does that is left alone.
public final class RepliesBody: FuzzBody {
    private let settings: SessionSettings

    /// Makes a body.
    public init() {
        var limits = SMTPLimits()
        limits.idle = .seconds(1_000_000)
        settings = SessionSettings(limits: limits)
    }

    /// The input: a seed, a session's number, two bytes for the cuts, then what the client sends.
    public func run(_ input: RawSpan) {
        var choices = Choices()
        let seed = UInt64(choices.byte(of: input))
        let session = Int(choices.byte(of: input))
        let cuts = Cuts(&choices, input)
        let client = Array(input, choices.rest(of: input))

        let usual = RepliesBody.replies(of: playUsual(client))
        let whole = play(client, seed, session, .none)
        let cut = play(client, seed, session, cuts)
        require(whole.report == cut.report, "the same goes wrong however the bytes arrive")
        check(whole, usual)
        check(cut, usual)
        // A reset destroys what has not left yet, and that depends on the pieces.
        guard whole.report.mutation != .reset else { return }
        require(whole.output == cut.output, "the same is said however the bytes arrive")
    }

    private struct Course {
        let output: [UInt8]
        let report: FuzzedReply
        let isClosed: Bool
    }

    private func playUsual(_ client: [UInt8]) -> [UInt8] {
        let settings = settings
        var loopback = Loopback { _ in
            LineFraming { DataDiscard { SMTPSession(settings, BlackHole()) } }
        }
        loopback.send(client)
        return loopback.takeBytes()
    }

    private func play(
        _ client: [UInt8], _ seed: UInt64, _ session: Int, _ cuts: Cuts
    ) -> Course {
        let settings = settings
        let log = ReportLog()
        var loopback = Loopback { _ in
            LineFraming {
                DataDiscard {
                    FuzzedReplies(seed: seed, session: session) {
                        log.reports.append($0)
                    } _: {
                        SMTPSession(settings, BlackHole())
                    }
                }
            }
        }
        var cuts = cuts
        var start = 0
        while start < client.count {
            let end = cuts.end(from: start, in: client.count)
            loopback.send(Array(client[start..<end]))
            start = end
            if cuts.below(4) == 0 { loopback.advance(by: .milliseconds(cuts.below(2_000))) }
        }
        // Nothing takes longer: the latest reply is eight seconds late.
        loopback.advance(by: .seconds(10))
        let isClosed = loopback.closing != nil
        let output = loopback.takeBytes()
        loopback.reset()
        require(loopback.connectionCount == 0 && loopback.keptBytes == 0, "nothing is left")
        require(log.reports.count == 1, "one report is made of a session")
        return Course(output: output, report: log.reports[0], isClosed: isClosed)
    }

    private func check(_ course: Course, _ usual: [[UInt8]]) {
        guard let mutation = course.report.mutation else {
            require(course.report.index == usual.count, "all replies are counted")
            require(course.output == Array(usual.joined()), "and none of them is changed")
            return
        }
        let index = course.report.index
        require(usual.indices.contains(index), "a reply goes wrong that there is")
        let before = Array(usual[..<index].joined())
        if mutation == .reset {
            require(before.starts(with: course.output), "what came before is as ever")
            return
        }
        require(course.output.starts(with: before), "what came before is as ever")
        let said = course.output[before.count...]
        let reply = usual[index]
        let after = Array(usual[(index + 1)...].joined())
        if let ends = mutation.ends(saying: said, for: reply) {
            require(ends && course.isClosed, "\(mutation) is what is said last")
        } else if mutation == .missing {
            require(said.isEmpty, "nothing is said any more")
        } else if mutation == .merged {
            require(Array(said) == (after.isEmpty ? [] : reply + after), "nothing is lost")
        } else {
            require(said.count >= after.count, "what comes after is not lost")
            require(said.suffix(after.count).elementsEqual(after), "what comes after is as ever")
            let changed = Array(said.dropLast(after.count))
            require(mutation.isNaively(changed, for: reply), "\(mutation) is what is said")
        }
    }

    /// The replies of a text, each with all of its lines.
    private static func replies(of text: [UInt8]) -> [[UInt8]] {
        text.withUnsafeBytes { _ = ReplyText.check($0.bytes) }
        var replies: [[UInt8]] = [[]]
        for line in text.split(separator: 0x0A) {
            replies[replies.count - 1] += line + [0x0A]
            if line.dropFirst(3).first == 0x20 { replies.append([]) }
        }
        return replies.dropLast()
    }
}

/// What was reported, where the body can see it too: all is on the body's thread.
private final class ReportLog: @unchecked Sendable {
    var reports: [FuzzedReply] = []
}

extension ReplyMutation {
    /// Whether this was said in the place of a reply, as the last there is; nil for one that lets the
    /// session go on.
    fileprivate func ends(saying said: ArraySlice<UInt8>, for reply: [UInt8]) -> Bool? {
        switch self {
        case .noEnd: Array(said) == reply.dropLast(2)
        case .onlyJunk: 1...2_000 ~= said.count
        case .cut, .cutAndReset: said.count < reply.count && reply.starts(with: said)
        case .end: said.isEmpty
        default: nil
        }
    }

    /// Whether this may stand in the place of a reply, behind which the session goes on.
    fileprivate func isNaively(_ changed: [UInt8], for reply: [UInt8]) -> Bool {
        let more = ReplyMutation.lines(of: changed) - ReplyMutation.lines(of: reply)
        return switch self {
        case .split, .dripping, .late: changed == reply
        case .twice: changed == reply + reply
        case .unsolicited: changed.starts(with: reply) && more == 1
        case .emptyLine: changed == [0x0D, 0x0A] + reply
        case .bareLF: changed == reply.filter { $0 != 0x0D }
        case .bareCR: changed == reply.filter { $0 != 0x0A }
        case .reversedEnd:
            changed == reply.map { $0 == 0x0D ? 0x0A : $0 == 0x0A ? 0x0D : $0 }
        case .junk:
            1...2_000 ~= changed.count - reply.count
                && changed.suffix(reply.count).elementsEqual(reply)
        case .manyLines: 1...5_000 ~= more && changed.suffix(4).elementsEqual(reply.suffix(4))
        case .overlong: more == 0 && 512...100_000 ~= changed.count - reply.count
        case .mixedCodes: more == 2
        default: more == 0 && changed.suffix(2) == [0x0D, 0x0A]
        }
    }

    private static func lines(of text: [UInt8]) -> Int {
        zip(text, text.dropFirst()).count { $0 == 0x0D && $1 == 0x0A }
    }
}
