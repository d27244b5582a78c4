/// What a client of ours says, line by line, and what it hears: a machine.
struct Talk: Sendable {
    /// Whether the client asks for TLS.
    enum Security: Sendable {
        /// Only where its lines say so.
        case asSaid
        case whereOffered
        case always
    }

    /// What the client does next.
    enum Move: Equatable {
        case say(String)
        /// Shake hands; what follows goes under TLS.
        case secure
        case close
    }

    /// The replies so far: lines without their ends, but for those between two.
    private(set) var replies: [String] = []
    /// What is still to be said.
    private var lines: ArraySlice<String>
    private let stopsAtRefusal: Bool
    private var security: Security
    /// Whether TLS can begin on the way.
    private let canSecure: Bool
    /// What was said last, which the next reply is for.
    private var said = ""
    /// The line under way, and those of its reply that came before.
    private var line: [UInt8] = []
    private var reply: [String] = []

    init(_ lines: [String], stopsAtRefusal: Bool, _ security: Security, canSecure: Bool) {
        self.lines = lines[...]
        self.stopsAtRefusal = stopsAtRefusal
        self.security = security
        self.canSecure = canSecure
    }

    /// Hears a byte.
    ///
    /// - Returns: nil while its reply goes on.
    mutating func hear(_ byte: UInt8) -> Move? {
        line.append(byte)
        guard byte == 0x0A, line.dropLast().last == 0x0D else { return nil }
        let text = String(decoding: line.dropLast(2), as: UTF8.self)
        line = []
        reply.append(text)
        guard text.dropFirst(3).first != "-" else { return nil }
        defer { reply = [] }
        replies.append(reply.joined(separator: "\n"))
        return move(isRefusal: text.first == "4" || text.first == "5", text)
    }

    private mutating func move(isRefusal: Bool, _ text: String) -> Move {
        if isRefusal, stopsAtRefusal { return .close }
        if canSecure, said.uppercased() == "STARTTLS", text.hasPrefix("220") { return .secure }
        if asksForTLS {
            lines = ["STARTTLS", said] + lines
            security = .asSaid
        }
        return proceed()
    }

    /// Goes on with the next line, as under TLS when it has begun.
    mutating func proceed() -> Move {
        guard let next = lines.popFirst() else { return .close }
        said = next
        return .say(next)
    }

    private var asksForTLS: Bool {
        guard said.hasPrefix("EHLO ") else { return false }
        return switch security {
        case .asSaid: false
        case .whereOffered:
            canSecure && reply.contains { $0.dropFirst(4).uppercased() == "STARTTLS" }
        case .always: true
        }
    }
}
