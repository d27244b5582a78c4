public import BlackholePipeline

/// What the server says to one command: a code, an enhanced code, a text (RFC 5321 §4.2).
public struct Reply: Sendable {
    /// The three digits: 200 to 599.
    ///
    /// RFC 5321 §4.2 has a second digit of 0 to 5, but 571 is older than that and in use.
    public let code: UInt16
    /// The enhanced code, on 2xx, 4xx and 5xx replies but for the greeting and those to HELO and
    /// EHLO (RFC 2034).
    public let enhanced: EnhancedCode?
    @usableFromInline let text: Text

    @usableFromInline
    enum Text: Sendable {
        /// Known to be printable ASCII, short and of one line.
        case fixed(StaticString)
        /// Anything.
        case made(String)
        /// All bytes of the reply, its codes and line ends included.
        case raw([UInt8])
    }

    /// Makes a reply of one line of printable ASCII, without allocating.
    @inlinable
    public init(_ code: UInt16, _ enhanced: EnhancedCode?, _ text: StaticString) {
        Reply.check(code)
        self.code = code
        self.enhanced = enhanced
        self.text = .fixed(text)
    }

    /// Makes a reply without an enhanced code.
    @inlinable
    public init(_ code: UInt16, _ text: StaticString) {
        self.init(code, nil, text)
    }

    /// Makes a reply of any text.
    ///
    /// A line feed begins another line of the reply. Bytes that a reply may not have, control
    /// characters and what is not ASCII, go out as `?`, and a line that would be longer than 512
    /// bytes is continued on the next.
    public init(_ code: UInt16, _ enhanced: EnhancedCode? = nil, made text: String) {
        Reply.check(code)
        self.code = code
        self.enhanced = enhanced
        self.text = .made(text)
    }

    /// Makes a reply of an enhanced code and a text that are made at run time: `"4.7.1"`.
    ///
    /// What is no enhanced code of RFC 3463 goes out all the same, as the beginning of the text: a test
    /// may want to see what a client makes of it. Bytes that a reply may not have are replaced in both,
    /// see ``init(_:_:made:)``.
    public init(_ code: UInt16, _ enhanced: String, made text: String) {
        if let enhanced = EnhancedCode(enhanced) {
            self.init(code, enhanced, made: text)
        } else {
            self.init(code, made: enhanced.isEmpty ? text : "\(enhanced) \(text)")
        }
    }

    /// Makes a reply of bytes that go out as they are, however broken, and be it none.
    ///
    /// The code is what the session goes by: whether the command has succeeded, whether content
    /// follows. The bytes need not say the same, and nothing is put behind them, no CRLF either.
    public init(_ code: UInt16, raw bytes: [UInt8]) {
        Reply.check(code)
        self.code = code
        enhanced = nil
        text = .raw(bytes)
    }

    /// Whether the command has succeeded, or may go on: 2xx and 3xx.
    public var isPositive: Bool { code < 400 }

    @inlinable
    static func check(_ code: UInt16) {
        precondition(code >= 200 && code <= 599, "no code of RFC 5321 §4.2")
    }

    /// The longest line, with its CRLF (RFC 5321 §4.5.3.1.5).
    static let maximumLineLength = 512

    /// Appends the reply's bytes to `output`.
    public func write(to output: inout ByteQueue) {
        switch text {
        case .fixed(let text):
            startLine(isLast: true, &output)
            output.append(text)
            output.append("\r\n")
        case .made(let text):
            writeLines(of: Array(text.utf8), to: &output)
        case .raw(let bytes):
            output.append(bytes)
        }
    }

    /// Appends what comes before the text of a line.
    func startLine(isLast: Bool, _ output: inout ByteQueue) {
        output.append(decimal: UInt64(code))
        output.append(isLast ? UInt8(ascii: " ") : UInt8(ascii: "-"))
        guard let enhanced else { return }
        output.append(decimal: UInt64(enhanced.category))
        output.append(UInt8(ascii: "."))
        output.append(decimal: UInt64(enhanced.subject))
        output.append(UInt8(ascii: "."))
        output.append(decimal: UInt64(enhanced.detail))
        output.append(UInt8(ascii: " "))
    }

    private func writeLines(of bytes: [UInt8], to output: inout ByteQueue) {
        // 4 bytes of code, 10 of an enhanced code at the most, 2 of line end.
        let maximumTextBytes = Reply.maximumLineLength - 16
        var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)[...]
        while var line = lines.popFirst() {
            repeat {
                let part = line.prefix(maximumTextBytes)
                line = line.dropFirst(part.count)
                startLine(isLast: lines.isEmpty && line.isEmpty, &output)
                for byte in part { output.append(Reply.printable(byte)) }
                output.append("\r\n")
            } while !line.isEmpty
        }
    }

    /// The byte, or `?` where no reply may have it: printable ASCII and the tabulator pass.
    static func printable(_ byte: UInt8) -> UInt8 {
        byte == 0x09 || (0x20...0x7E).contains(byte) ? byte : UInt8(ascii: "?")
    }
}
