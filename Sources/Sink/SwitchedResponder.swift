package import BlackholePipeline
package import BlackholeSMTP

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

    package mutating func content(_ bytes: RawSpan, _ context: inout Context) {
        var index = 0
        while let fault = switches.read(bytes, from: &index) {
            machine.policy.switchReports?.report(fault, at: context.now)
        }
    }

    package mutating func message(_ message: IncomingMessage, _ context: inout Context) -> Answer {
        if let fault = switches.end() {
            machine.policy.switchReports?.report(fault, at: context.now)
        }
        return machine.message(switches.take(), &context.random)
    }

    package mutating func reset(_ context: inout Context) {
        machine.reset()
        switches.reset()
    }
}
