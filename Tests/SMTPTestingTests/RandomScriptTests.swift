import BlackholePipeline
import SMTPTesting
import Testing

/// A script made by chance, and what a client sends and hears that plays it.
private struct RandomDialogue {
    var steps: [Step] = []
    var sent: [UInt8] = []
    var heard: [UInt8] = []
    var lines: [String] = []
    var contents: [[UInt8]] = []

    init(_ random: inout RandomSource) {
        for _ in 0..<Int.random(in: 0...30, using: &random) { addStep(&random) }
        let endings: [[Step]] = [
            [], [.disconnect], [.expectEnd], [.expectEnd, .wait(.milliseconds(1)), .disconnect],
        ]
        steps += endings.randomElement(using: &random) ?? []
        if steps.isEmpty { steps = [.expectEnd] }
    }

    private mutating func addStep(_ random: inout RandomSource) {
        let number = Int.random(in: 100...999, using: &random)
        switch Int.random(in: 0..<7, using: &random) {
        case 0, 1:
            lines.append("VERB argument \(number)")
            sent += Array("VERB argument \(number)\r\n".utf8)
            steps.append(.expect(["VERB *", "verb ARGUMENT ?*", "*"][number % 3]))
        case 2, 3:
            steps.append(.reply("250-\(number)", "250 OK"))
            heard += Array("250-\(number)\r\n250 OK\r\n".utf8)
        case 4:
            let bytes = (0..<number).map { _ in UInt8.random(in: 0...255, using: &random) }
            steps.append(.send(bytes))
            heard += bytes
        case 5:
            steps.append(.wait(.milliseconds(number)))
        default:
            addContent(&random)
        }
    }

    /// Content that looks as if it had ended, and the like.
    private mutating func addContent(_ random: inout RandomSource) {
        let pieces = ["\r\n", ".", "\r", "\n", "x", "..", "\r\n..", "VERB\r\n"]
        let bytes = (0..<Int.random(in: 0...40, using: &random)).flatMap { _ in
            Array((pieces.randomElement(using: &random) ?? "").utf8)
        }
        guard Bool.random(using: &random) else {
            contents.append(bytes)
            sent += bytes
            steps.append(.expectContent(bytes: bytes.count))
            return
        }
        let content = bytes + [0x0D, 0x0A]
        contents.append(content)
        var isAtLineStart = true
        for (index, byte) in content.enumerated() {
            if isAtLineStart, byte == UInt8(ascii: ".") { sent.append(byte) }
            sent.append(byte)
            isAtLineStart = byte == 0x0A && index > 0 && content[index - 1] == 0x0D
        }
        sent += Array(".\r\n".utf8)
        steps.append(.expectContent)
    }
}

struct RandomScriptTests {
    @Test(arguments: 0..<8)
    func `whoever does what a script expects plays it to its end`(part: UInt64) throws {
        for seed in part * 50..<(part + 1) * 50 {
            var random = RandomSource(seed: seed)
            let dialogue = RandomDialogue(&random)
            let fake = try Fake([.script(dialogue.steps)])
            var smtp = Loopback { _ in fake.stack() }
            let size = [1, 2, 5, 100, 10_000].randomElement(using: &random) ?? 1
            smtp.send(dialogue.sent, inPiecesOf: size)
            smtp.end()
            smtp.advance(by: .seconds(60))
            #expect(smtp.takeBytes() == dialogue.heard, "seed \(seed)")
            let played = try #require(
                fake.played.first, "seed \(seed): \(String(describing: fake.scriptFailure))")
            #expect(played.lines == dialogue.lines, "seed \(seed)")
            #expect(played.contents == dialogue.contents, "seed \(seed)")
            #expect(smtp.connectionCount == 0, "seed \(seed)")
        }
    }

    @Test(arguments: 0..<4)
    func `whatever a client does, its script comes to an end`(part: UInt64) throws {
        for seed in part * 50..<(part + 1) * 50 {
            var random = RandomSource(seed: seed)
            var dialogue = RandomDialogue(&random)
            for _ in 0..<Int.random(in: 0...3, using: &random) where !dialogue.sent.isEmpty {
                let index = dialogue.sent.indices.randomElement(using: &random) ?? 0
                switch Int.random(in: 0..<3, using: &random) {
                case 0: dialogue.sent.remove(at: index)
                case 1: dialogue.sent.insert(UInt8.random(in: 0...255, using: &random), at: index)
                default: dialogue.sent.removeSubrange(index...)
                }
            }
            let fake = try Fake([.script(dialogue.steps)])
            var smtp = Loopback { _ in fake.stack() }
            smtp.send(dialogue.sent, inPiecesOf: Int.random(in: 1...1000, using: &random))
            if Bool.random(using: &random) { smtp.reset() }
            smtp.advance(by: .seconds(1000))
            #expect(smtp.closing != nil, "seed \(seed)")
            #expect(fake.played.count + (fake.scriptFailure == nil ? 0 : 1) == 1, "seed \(seed)")
        }
    }
}
