internal import BlackholeSMTP

/// Carries out a policy, and never looks at a message's content.
package struct ModeResponder: PolicyResponder, Sendable {
    package var machine: ModeMachine

    /// Makes a responder for a session; it costs a reference.
    package init(_ policy: PreparedPolicy) {
        machine = ModeMachine(policy)
    }
}
