/// A place in what has happened in one run of the server: everything up to a number.
package struct Cursor: Sendable, Equatable, CustomStringConvertible {
    /// The run.
    package let run: String
    /// The number of the last event before it.
    package let sequence: Int

    package init(run: String, sequence: Int) {
        self.run = run
        self.sequence = sequence
    }

    /// Reads a cursor; nil if it is malformed.
    package init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, parts[0].utf8.count <= 32,
            parts[0].utf8.allSatisfy({ 0x30...0x39 ~= $0 || 0x61...0x7A ~= $0 }),
            let sequence = Int(digits: parts[1])
        else { return nil }
        self.init(run: String(parts[0]), sequence: sequence)
    }

    /// `3kq9x1-42`.
    package var description: String { "\(run)-\(sequence)" }
}

extension Int {
    /// The number that a text of decimal digits, and nothing else, writes: 18 of them at most.
    init?(digits text: some StringProtocol) {
        let digits = text.utf8
        guard 1...18 ~= digits.count, digits.allSatisfy({ 0x30...0x39 ~= $0 }) else { return nil }
        self = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }
}
