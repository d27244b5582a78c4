import BlackholeInbox
import SMTPTesting

/// What a test is told of a message is what a naive reader sees in it: header fields and body, what
/// was encoded, and whether an address matches.
public final class MessageBody: FuzzBody {
    /// Makes a body.
    public init() {}

    /// The input: a byte that chooses, then a message, a header's value, words that are to be
    /// encoded, or a pattern and a text behind an LF.
    public func run(_ input: RawSpan) {
        var choices = Choices()
        let choice = choices.byte(of: input)
        let bytes = Array(input, choices.rest(of: input))
        switch choice & 3 {
        case 0: checkHeaders(bytes)
        case 1:
            let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
            require(
                bytes.contains(UInt8(ascii: "?"))
                    || EncodedWords.decode(bytes) == String(decoding: text, as: UTF8.self),
                "what has no encoded words is text")
        case 2: checkEncoding(bytes, choice)
        default: checkPattern(bytes)
        }
    }

    private func checkHeaders(_ bytes: [UInt8]) {
        let message = MIMEMessage(bytes)
        // A boundary may end the header section of a multipart.
        guard message.root.parts.isEmpty else { return }
        let naive = NaiveMessage(bytes)
        require(
            message.headers.map { [$0.name, $0.value] } == naive.fields,
            "header fields are the naive reader's")
        require(message.root.contentRange.lowerBound == naive.bodyStart, "so is the body")
    }

    /// Encodes a text in words of some characters each, and has it decoded.
    private func checkEncoding(_ bytes: [UInt8], _ choice: UInt8) {
        // A byte order mark at the beginning is none of the text.
        let text = String(decoding: bytes.drop { $0 >= 0x80 }, as: UTF8.self)
        let size = 1 + Int(choice >> 2 & 3)
        var words: [String] = []
        var rest = text[...]
        while !rest.isEmpty {
            let part = Array(rest.prefix(size).utf8)
            rest = rest.dropFirst(size)
            let isBase64 = words.count % 2 == choice >> 4 & 1
            words.append(
                isBase64
                    ? "=?UTF-8*en?B?" + String(decoding: NaiveBase64.encode(part), as: UTF8.self)
                        + "?=" : "=?utf-8?q?" + NaiveMessage.quoted(part) + "?=")
        }
        let value = words.joined(separator: choice & 4 == 0 ? " " : "\t ")
        require(
            Array(EncodedWords.decode(Array(value.utf8)).utf8) == Array(text.utf8),
            "what is encoded is decoded")
    }

    private func checkPattern(_ bytes: [UInt8]) {
        let parts = bytes.split(separator: 0x0A, maxSplits: 1, omittingEmptySubsequences: false)
        let texts = parts.map { String(decoding: $0, as: UTF8.self) }
        let (pattern, text) = (Pattern(texts[0]), texts.last ?? "")
        require(pattern.description == texts[0], "a pattern is kept as it was written")
        require(
            pattern.matches(text) == NaiveMessage.matches(texts[0], text),
            "a match is the naive reader's")
        require(Pattern("*").matches(text), "a star matches all")
    }
}
