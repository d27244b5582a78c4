import BlackholePipeline
import Testing

/// A dialogue as a literal, to be played on a ``Loopback`` and compared with what was said.
///
/// Each line begins with who does what:
///
///     C: a line of the client; neighbours leave in one segment
///     C< bytes of the client without a line end
///     S: a line of the server, which may end in * for anything
///     W: 300s, or 20ms, go by
///     E: the client will send no more
///     Z: 10s, the server stops with so much grace
///     X: the server has ended the connection
///     R: the server has reset the connection
///
/// In a client's line, `\r`, `\n`, `\t`, `\0`, `\\` and `\xFF` stand for bytes.
struct ScriptedDialogue {
    let lines: [String]

    init(_ script: String) {
        lines = script.split(separator: "\n").map(String.init)
    }

    /// What happens when the client's part is played: a transcript again.
    func play(on loopback: inout Loopback) -> [String] {
        var heard: [String] = []
        var segment: [UInt8] = []
        var isOpen = true
        listen(to: &loopback, &heard, &isOpen)
        for (index, line) in lines.enumerated() {
            let text = String(line.dropFirst(3))
            switch line.prefix(2) {
            case "C:", "C<":
                heard.append(line)
                segment +=
                    ScriptedDialogue.bytes(text) + (line.hasPrefix("C:") ? [0x0D, 0x0A] : [])
                if index + 1 < lines.count, lines[index + 1].hasPrefix("C") { continue }
                loopback.send(segment)
                segment = []
            case "W:": loopback.advance(by: ScriptedDialogue.duration(text))
            case "E:": loopback.end()
            case "Z:": loopback.stop(grace: ScriptedDialogue.duration(text))
            case "S:", "X:", "R:": continue
            default: Issue.record("no line of a transcript: \(line)")
            }
            if !line.hasPrefix("C") { heard.append(line) }
            listen(to: &loopback, &heard, &isOpen)
        }
        return heard
    }

    private func listen(
        to loopback: inout Loopback, _ heard: inout [String], _ isOpen: inout Bool
    ) {
        heard += ScriptedDialogue.serverLines(loopback.takeBytes())
        guard isOpen, let closing = loopback.closing else { return }
        isOpen = false
        heard.append(closing == .reset ? "R:" : "X:")
    }

    /// Plays the transcript and records an issue where it goes otherwise.
    func check(
        on loopback: inout Loopback, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let heard = play(on: &loopback)
        let count = max(lines.count, heard.count)
        for index in 0..<count {
            let wanted = index < lines.count ? lines[index] : nil
            let got = index < heard.count ? heard[index] : nil
            if let wanted, let got, ScriptedDialogue.matches(got, wanted) { continue }
            let before = heard[..<min(index, heard.count)].joined(separator: "\n")
            Issue.record(
                "\(before)\nexpected \(wanted ?? "the end")\nbut had  \(got ?? "the end")",
                sourceLocation: sourceLocation)
            return
        }
    }

    static func matches(_ line: String, _ pattern: String) -> Bool {
        guard pattern.hasPrefix("S:"), pattern.hasSuffix("*") else { return line == pattern }
        return line.hasPrefix(pattern.dropLast())
    }

    /// The server's bytes as lines of a transcript; `S~` begins what no CRLF ends.
    static func serverLines(_ bytes: [UInt8]) -> [String] {
        var lines: [String] = []
        var line: [UInt8] = []
        for byte in bytes {
            line.append(byte)
            guard line.suffix(2) == [0x0D, 0x0A] else { continue }
            lines.append("S: " + String(decoding: line.dropLast(2), as: UTF8.self))
            line = []
        }
        return line.isEmpty ? lines : lines + ["S~ " + String(decoding: line, as: UTF8.self)]
    }

    /// The bytes that a client's text stands for.
    static func bytes(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\"), let kind = rest.popFirst() else {
                bytes.append(byte)
                continue
            }
            switch kind {
            case UInt8(ascii: "r"): bytes.append(0x0D)
            case UInt8(ascii: "n"): bytes.append(0x0A)
            case UInt8(ascii: "t"): bytes.append(0x09)
            case UInt8(ascii: "0"): bytes.append(0x00)
            case UInt8(ascii: "x"):
                bytes.append(
                    UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) ?? 0)
                rest = rest.dropFirst(2)
            default: bytes.append(kind)
            }
        }
        return bytes
    }

    static func duration(_ text: String) -> Duration {
        let number = Int(text.prefix { $0.isNumber }) ?? 0
        return text.hasSuffix("ms") ? .milliseconds(number) : .seconds(number)
    }
}
