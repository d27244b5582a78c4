package import Pipeline
package import SMTP

/// Carries out a policy, unless the headers of a message choose otherwise for it.
package struct SwitchedResponder: PolicyResponder, Sendable {
    package var machine: ModeMachine
    private var switches = HeaderSwitches()

    /// Makes a responder for a session; it costs a reference.
    package init(_ policy: PreparedPolicy) {
        machine = ModeMachine(policy)
    }

    /// Content is wanted, up to the end of the header section.
    @inlinable
    package static var wantsContent: Bool { true }

    @inlinable
    package var ignoresContent: Bool { switches.areOver }

    package mutating func content(_ octets: RawSpan, _ context: inout Context) {
        let (reports, now) = (machine.policy.switchReports, context.now)
        switches.read(octets) { reports?.report($0, at: now) }
    }

    package mutating func message(_ message: Message, _ context: inout Context) -> Answer {
        let (reports, now) = (machine.policy.switchReports, context.now)
        let choice = switches.take { reports?.report($0, at: now) }
        return machine.message(choice, &context.random)
    }

    package mutating func reset(_ context: inout Context) {
        machine.reset()
        switches.reset()
    }
}
