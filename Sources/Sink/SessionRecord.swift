package import BlackholePipeline
internal import BlackholeSMTP
internal import Synchronization

/// What is told of a connection where every one is logged: each line that was said, without
/// passwords, and at the end a summary.
///
/// One for each connection; it outlives STARTTLS, which the layers inside do not.
package final class SessionRecord: ConnectionObserver {
    private let name: String
    private let peer: NetworkAddress
    private let log: @Sendable (String) -> Void
    private let state = Mutex(State())

    private struct State {
        var opened: Instant?
        var tls: String?
        var helo: String?
        var messages = 0
        var recipients = 0
        var bytes = 0
        var codes: [(code: String, count: Int)] = []
        /// What the next reply answers.
        var asked = Verb.unknown
        /// Whether a positive reply to it takes a message.
        var endsMessage = false
        var secrecy = LineSecrecy()
    }

    /// Makes a record.
    ///
    /// - Parameter log: takes a line; called on the connection's loop.
    package init(of peer: borrowing Peer, log: @escaping @Sendable (String) -> Void) {
        name = "\(peer.loop)-\(peer.serial)"
        self.peer = peer.address
        self.log = log
    }

    /// The bytes of a line that are told.
    private static let maximumToldBytes = 500

    /// The connection is secured.
    package func secured(by tls: String) {
        state.withLock { $0.tls = tls }
        tell("--", tls)
    }

    package func opened(at now: Instant) {
        state.withLock { $0.opened = now }
    }

    package func received(command line: RawSpan) {
        let command = Command(line)
        let shown = state.withLock { state in
            let shown = state.secrecy.shown(of: line, command)
            guard !state.secrecy.isResponse else { return shown }
            state.asked = command.verb
            let chunk = command.verb == .bdat ? try? ChunkCommand(command, in: line) : nil
            state.endsMessage = command.verb == .data || chunk?.isLast == true
            if command.verb == .helo || command.verb == .ehlo {
                state.helo = line.text(command.argument)
            }
            return shown
        }
        let text = line.text(0..<min(shown.byteCount, SessionRecord.maximumToldBytes))
        let isCut = shown.byteCount > SessionRecord.maximumToldBytes
        tell("C:", text + (isCut ? "…" : "") + (shown.hidesRest ? LineSecrecy.blank : ""))
    }

    package func receivedOverlongLine() {
        state.withLock {
            $0.asked = .unknown
            $0.endsMessage = false
            $0.secrecy.passOverlongLine()
        }
        tell("C:", "(a line that is too long)")
    }

    package func received(contentBytes bytes: Int) {
        state.withLock { $0.bytes += bytes }
        tell("C:", "(\(bytes) bytes of content)")
    }

    package func said(_ replies: RawSpan) {
        for line in replies.text(0..<replies.byteCount).split(separator: "\r\n") {
            tell("S:", String(line))
            guard line.dropFirst(3).first != "-" else { continue }
            note(String(line.prefix(3)))
        }
    }

    private func note(_ code: String) {
        state.withLock { state in
            state.secrecy.note(code)
            if let index = state.codes.firstIndex(where: { $0.code == code }) {
                state.codes[index].count += 1
            } else {
                state.codes.append((code, 1))
            }
            guard code.hasPrefix("2") else { return }
            if state.asked == .rcpt { state.recipients += 1 }
            if state.endsMessage { state.messages += 1 }
        }
    }

    /// The connection is gone: tells the summary.
    package func closed(at now: Instant) {
        let summary = state.withLock { state in
            let codes = state.codes.map { $0.count > 1 ? "\($0.code)×\($0.count)" : $0.code }
            let start = state.opened ?? now
            let milliseconds = (now.nanoseconds - start.nanoseconds) / 1_000_000
            return "over: peer \(peer), \(state.tls ?? "no TLS"), helo \(state.helo ?? "none"), "
                + "\(state.messages.of("message")), \(state.recipients.of("recipient")), "
                + "\(state.bytes.of("byte")), codes \(codes.joined(separator: " ")), "
                + "\(milliseconds / 1000).\(String(1000 + milliseconds % 1000).dropFirst()) seconds"
        }
        tell("--", summary)
    }

    private func tell(_ side: String, _ text: String) {
        log("session \(name) \(side) \(text)")
    }
}
