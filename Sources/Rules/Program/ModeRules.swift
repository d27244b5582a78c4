/// What settings add to the rules for messages that request a mode or a delay for themselves.
package struct ModeRules: Sendable {
    /// The rules, at `message`, that a requested mode stands for: the first that matches answers.
    package var requested: [(mode: Mode, rule: Rule)] = []
    /// The places of the rules whose waits give way to a requested delay.
    package var delays: Set<Int> = []

    /// Creates what adds nothing.
    package init() {}
}
