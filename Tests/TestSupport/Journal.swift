internal import Synchronization

/// What stacks of a test have heard, in order; shared by all of them.
package final class Journal: Sendable {
    private let lines = Mutex<[String]>([])

    package init() {}

    package func note(_ line: String) {
        lines.withLock { $0.append(line) }
    }

    package var entries: [String] { lines.withLock { $0 } }

    /// The lines since the last call.
    package func take() -> [String] {
        lines.withLock { lines in
            defer { lines = [] }
            return lines
        }
    }

    package func count(of line: String) -> Int {
        lines.withLock { $0.count { $0 == line } }
    }

    /// Notes its own end: held by a stack, it tells when that is deinitialised.
    package final class Token: Sendable {
        private let journal: Journal

        package init(_ journal: Journal) {
            self.journal = journal
        }

        deinit {
            journal.note("deinit")
        }
    }
}
