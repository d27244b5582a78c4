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

        /// Lets all clients go that it holds or that come from now on.
        public func open() {
            state.withLock { $0.isOpen = true }
            bell.ring()
        }

        /// Holds the clients that come from now on.
        public func close() {
            state.withLock { $0.isOpen = false }
        }

        /// Waits until this many clients have reached it since it was made.
        ///
        /// Where they have not, it opens, or a client that the test waits for would wait for the test.
        ///
        /// - Throws: ``NotReached`` when the time is over; `CancellationError`.
        public func reached(
            by count: Int = 1, within time: Duration = .seconds(5), file: String = #filePath,
            line: Int = #line
        ) async throws {
            let arrived: Void? = await bell.wait(until: ContinuousClock.deadline(in: time)) {
                arrivals < count ? nil : ()
            }
            guard arrived == nil else { return }
            open()
            try Task.checkCancellation()
            throw NotReached(
                arrivals: arrivals, expected: count, location: TestLocation(file, line))
        }

        /// Waits until it is open, or the task is cancelled.
        func pass() async {
            state.withLock { $0.arrivals += 1 }
            bell.ring()
            let _: Void? = await bell.wait(until: nil) { state.withLock(\.isOpen) ? () : nil }
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
