internal import Synchronization

/// The rules in force: one place for all connections, which take up what is put there.
///
/// A connection looks at a number at each command outside of a message, and takes a lock only when
/// the number has changed.
package final class RulesInForce: Sendable {
    private let state: Mutex<RuleProgram>
    private let changes = Atomic<UInt64>(0)

    /// Puts the first rules in force.
    package init(_ program: RuleProgram) {
        state = Mutex(program)
    }

    /// The rules that new commands are decided by.
    package var program: RuleProgram { state.withLock { $0 } }

    /// Puts other rules in force, from any thread.
    package func replace(by program: RuleProgram) {
        state.withLock { $0 = program }
        changes.add(1, ordering: .releasing)
    }

    /// How often the rules were replaced.
    var generation: UInt64 { changes.load(ordering: .acquiring) }
}
