import BlackholeFuzzBodies
import BlackholePipeline
import BlackholeRules
import BlackholeSMTP
import BlackholeSink
import Testing

/// The machine agrees with a reader that has the whole message, on messages made at random of what
/// matters, however they are cut.
struct RandomHeaderTests {
    private static let fields = bytes("X-Blackhole-Mode:", "X-Blackhole-Delay:", "a:", "X-")
    private static let values = bytes(
        "accept", "Bounce", "random", "offline", "unavailable", "bounce=450", "accept=250", "9",
        "0.5, 61", "1-2")
    private static let noise = bytes(
        "X-Blackhole-Mode", "x-blackhole-delay", "X-Blackhole-", "X", "Mode", ":", "\r\n", "\r",
        "\n", " ", "\t", "\r\n ", "\r\n\t", "accept", "bounce=", "450", "571", "9", ".", ",", "-",
        "00000000000000000", "\u{FF}", "(", ")", "\\", "(x)")

    private static func bytes(_ texts: String...) -> [[UInt8]] { texts.map { Array($0.utf8) } }

    /// Up to three header fields, and what may spoil them.
    private static func content(_ random: inout RandomSource) -> [UInt8] {
        var content: [UInt8] = []
        func append(_ choices: [[UInt8]], _ times: ClosedRange<Int>) {
            for _ in 0..<Int.random(in: times, using: &random) {
                content += choices[Int.random(in: 0..<choices.count, using: &random)]
            }
        }
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            let most = Int.random(in: 0...2, using: &random)
            append(fields, 1...1)
            append(noise, 0...most)
            append(values, 1...1)
            append(noise, 0...most)
            append([[0x0D, 0x0A]], (most == 0 ? 1 : 0)...1)
        }
        return content
    }

    @Test(arguments: 0..<8)
    func `agrees with a naive reader`(seed: UInt64) {
        var random = RandomSource(seed: seed)
        var switches = RequestReader()
        var chosen = 0
        for _ in 0..<25_000 {
            let content = Self.content(&random)
            let expected = NaiveHeaders.choice(of: content)
            chosen += expected == MessageRequest() ? 0 : 1
            guard switches.choice(of: [content[...]]) == expected,
                switches.choice(of: Self.pieces(of: content, &random)) == expected
            else {
                Issue.record("\(String(decoding: content, as: UTF8.self).debugDescription)")
                return
            }
        }
        #expect(chosen > 2_500)
    }

    private static func pieces(
        of content: [UInt8], _ random: inout RandomSource
    ) -> [ArraySlice<UInt8>] {
        let longest = [1, 3, 20][Int.random(in: 0..<3, using: &random)]
        var pieces: [ArraySlice<UInt8>] = []
        var rest = content[...]
        while !rest.isEmpty {
            let count = Int.random(in: 0...longest, using: &random)
            pieces.append(rest.prefix(count))
            rest = rest.dropFirst(count)
        }
        return pieces
    }
}
