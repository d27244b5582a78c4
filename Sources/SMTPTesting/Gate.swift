internal import BlackholeInbox
internal import Synchronization

extension Behavior {
    /// Holds clients at a stage until the test lets them go on.
    ///
    /// ```swift
    /// let gate = Behavior.Gate()
    /// try await withSMTPServer(.at(.message, .hold(gate))) { smtp in
    ///     async let sending: Void = send(to: smtp.port)
    ///     try await gate.reached()
    ///     // The client waits for the reply to its message.
    ///     gate.open()
    ///     try await sending
    /// }
    /// ```
    ///
    /// Only the clients that it holds wait. They are let go when the server is stopped.
    public final class Gate: Sendable {
        private let bell = Bell()
        private let state = Mutex((isOpen: false, arrivals: 0))

        /// Makes a gate that is closed.
        public init() {}

        /// How many clients have reached it so far.
        public var arrivals: Int { state.withLock { $0.arrivals } }

        /// Lets go all whom it holds, and whoever comes from now on.
        public func open() {
            state.withLock { $0.isOpen = true }
            bell.ring()
        }

        /// Holds whoever comes from now on.
        public func close() {
            state.withLock { $0.isOpen = false }
        }

        /// Waits until so many clients have reached it since it was made.
        ///
        /// Where they have not, it opens, or a client that the test waits for would wait for the test.
        ///
        /// - Throws: ``NotReached`` when the time is over; `CancellationError`.
        public func reached(
            by count: Int = 1, within time: Duration = .seconds(5), file: String = #filePath,
            line: Int = #line
        ) async throws {
            let deadline = ContinuousClock.deadline(in: time)
            while true {
                let rings = bell.rings
                guard arrivals < count else { return }
                guard !Task.isCancelled, ContinuousClock.now < deadline else { break }
                await bell.wait(since: rings, until: deadline)
            }
            open()
            try Task.checkCancellation()
            throw NotReached(
                arrivals: arrivals, expected: count, location: TestLocation(file, line))
        }

        /// Waits until it is open, or the task is cancelled.
        func pass() async {
            state.withLock { $0.arrivals += 1 }
            bell.ring()
            while !Task.isCancelled {
                let rings = bell.rings
                guard !state.withLock({ $0.isOpen }) else { return }
                await bell.wait(since: rings, until: nil)
            }
        }

        /// Fewer clients than expected have reached a gate in time.
        public struct NotReached: Error, LocatedFailure, Hashable, CustomStringConvertible {
            /// How many have.
            public let arrivals: Int
            /// How many were waited for.
            public let expected: Int
            /// Where they were waited for.
            public let location: TestLocation

            /// `timed out: 0 of 1 clients have reached the gate (MailerTests.swift:31)`.
            public var description: String {
                "timed out: \(arrivals) of \(expected) clients have reached the gate (\(location))"
            }
        }
    }
}
