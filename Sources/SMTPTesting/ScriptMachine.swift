/// Where a dialogue stands: what the server does next, and whether what the client says or does is
/// what was expected.
package struct ScriptMachine: Sendable {
    /// What comes from the client.
    package enum Arrival: Sendable {
        case line(String)
        case overlongLine
        /// The whole content that was expected.
        case content
        /// It will send no more.
        case end
    }

    /// What the server does next.
    package enum Move: Sendable, Equatable {
        case say([UInt8])
        /// Wait for a line, or for the client's end.
        case listen
        case readContent
        case readChunk(bytes: Int)
        case pause(Duration)
        /// Shake hands; what follows is another machine's, made for the secured connection.
        case secure
        case close
        case reset
    }

    private let steps: [Step.Kind]
    /// The next step: `0 ≤ position ≤ steps.count`.
    private var position: Int

    /// Makes a machine that stands at the first step in clear, or at the first under TLS.
    package init(_ script: Script, isSecured: Bool = false) {
        steps = script.steps
        position = isSecured ? script.firstSecured : 0
    }

    /// What is next, in words.
    package var expected: String {
        guard position < steps.count else { return "nothing" }
        return switch steps[position] {
        case .expect(let pattern): "a line like \(pattern.description.debugDescription)"
        case .expectContent: "content up to CRLF.CRLF"
        case .expectChunk(let bytes): "\(bytes) bytes of content"
        case .expectEnd: "the end of the connection"
        case .reply, .send, .wait, .startTLS, .disconnect, .reset: "nothing yet"
        }
    }

    /// Whether the client's end is expected, and is the end of the script.
    package var isOverWithClient: Bool {
        guard position < steps.count, case .expectEnd = steps[position] else { return false }
        return steps[(position + 1)...].allSatisfy {
            switch $0 {
            case .disconnect, .reset: true
            default: false
            }
        }
    }

    /// What the server does next; while the client is to speak, that is to wait for it.
    package mutating func move(isOutputEmpty: Bool) -> Move {
        guard position < steps.count else { return .close }
        switch steps[position] {
        case .expect, .expectEnd: return .listen
        case .expectContent: return .readContent
        case .expectChunk(let bytes): return .readChunk(bytes: bytes)
        // A reset drops what was not sent.
        case .reset where !isOutputEmpty: return .pause(.zero)
        default: break
        }
        defer { position += 1 }
        return switch steps[position] {
        case .reply(let lines): .say(lines.flatMap { Array($0.utf8) + [0x0D, 0x0A] })
        case .send(let bytes): .say(bytes)
        case .wait(let time): .pause(time)
        case .startTLS: .secure
        case .reset: .reset
        case .disconnect, .expect, .expectEnd, .expectContent, .expectChunk: .close
        }
    }

    /// Takes what has come from the client.
    ///
    /// - Returns: whether it was expected; otherwise nothing has changed.
    package mutating func take(_ arrival: Arrival) -> Bool {
        guard position < steps.count else { return false }
        switch (steps[position], arrival) {
        case (.expect(let pattern), .line(let line)) where pattern.matches(line): break
        case (.expectContent, .content), (.expectChunk, .content), (.expectEnd, .end): break
        default: return false
        }
        position += 1
        return true
    }
}
