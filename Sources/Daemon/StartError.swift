/// Why the program cannot do what it was told: one line for the operator, and the exit code.
package struct StartError: Error, CustomStringConvertible, Equatable {
    /// What, where, and how to mend it; no control characters, no line ends.
    package let description: String
    /// One of `EX_USAGE` (64), `EX_UNAVAILABLE` (69), `EX_SOFTWARE` (70), `EX_NOPERM` (77),
    /// `EX_CONFIG` (78).
    package let exitCode: Int32

    package init(_ description: String, exitCode: Int32) {
        self.description = description
        self.exitCode = exitCode
    }
}
