/// How the console is to be used.
package struct ConsoleSettings: Sendable {
    /// The server's name.
    package var name = "localhost"
    /// The program's version.
    package var version = ""
    /// Names that are accepted in Host, besides addresses and localhost; `*` is any.
    package var names: [String] = []
    /// Foreign origins that may call the API: `https://front.example`.
    package var origins: [String] = []
    /// Who may use it; nil for all.
    package var credentials: ConsoleCredentials?
    /// Whether nothing can be changed.
    package var isReadOnly = false
    /// Whether the rules cannot be changed.
    package var areRulesReadOnly = false
    /// How many entries are kept.
    package var keep = 100
    /// How many bytes of contents.
    package var keepBytes = 64 << 20
    /// How many waits and streams may be open at once.
    ///
    /// Each has a connection, and the others are for requests that end.
    package var maximumWaiting = 1792
    /// How many bytes the bodies of all requests may have that are read at once.
    package var maximumBodyBytes = 16 << 20
    /// How many sessions are kept.
    package var sessions = Board.maximumSessions

    package init() {}
}

/// A user and a password (RFC 7617).
package struct ConsoleCredentials: Sendable {
    private let expected: [UInt8]

    /// Makes credentials; a user's name has no colon.
    package init(user: String, password: String) {
        expected = Array("\(user):\(password)".utf8)
    }

    /// Whether these are they; the time depends on what was sent alone.
    func match(_ sent: [UInt8]) -> Bool {
        var difference = sent.count ^ expected.count
        for (index, byte) in sent.enumerated() {
            let other = index < expected.count ? expected[index] : 0
            difference |= Int(byte ^ other)
        }
        return difference == 0
    }
}
