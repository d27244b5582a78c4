package import BlackholeRules
import BlackholeSMTP

/// What the header of a message requests is what a naive reader sees, however it is cut.
public final class HeaderSwitchesBody: FuzzBody {
    private var switches = RequestReader()

    /// Makes a body.
    public init() {}

    /// The input: two bytes for the cuts, then a message's content.
    public func run(_ input: RawSpan) {
        var choices = Choices()
        var cuts = Cuts(&choices, input)
        let content = input.extracting(choices.rest(of: input))
        let expected = NaiveHeaders.choice(of: Array(content, 0..<content.byteCount))
        check(expected)

        switches.readAll(content)
        require(switches.take() == expected, "the choice is the naive reader's")
        var start = 0
        while start < content.byteCount {
            let end = cuts.end(from: start, in: content.byteCount)
            switches.readAll(content.extracting(start..<end))
            start = end
        }
        require(switches.take() == expected, "the same however it is cut")
        switches.readAll(content)
        switches.reset()
        require(switches.take() == MessageRequest(), "what is forgotten chooses nothing")
    }

    private func check(_ choice: MessageRequest) {
        if case .code(let code) = choice.mode {
            require(code.rawValue >= 400 || 250...253 ~= code.rawValue, "a code ends a message")
        }
        guard let delay = choice.delay else { return }
        require(.zero <= delay.least && delay.least <= delay.most, "a delay has its bounds")
        require(delay.most <= .seconds(60), "nobody waits for longer")
    }
}

extension RequestReader {
    /// Reads the next piece of the content.
    package mutating func readAll(_ content: RawSpan) {
        read(content) { _ in }
    }

    /// What the message has requested, at its end.
    package mutating func take() -> MessageRequest { take { _ in } }
}
