package import Pipeline
internal import SMTP

/// What the server has done in all: what its counters stand at.
package struct Totals: Sendable, Equatable {
    package var connections: UInt64 = 0
    package var open: UInt64 = 0
    package var connectionsRefused: UInt64 = 0
    package var messages: UInt64 = 0
    package var refused: UInt64 = 0
    package var recipients: UInt64 = 0
    package var octets: UInt64 = 0

    package init() {}

    /// Reads the counters of a pool.
    package init(_ loops: EventLoops) {
        let closed = loops[.closed]
        connections = loops[.accepted]
        // Read one after the other while the loops run: a little off, but never below zero.
        open = connections > closed ? connections - closed : 0
        connectionsRefused = loops[.connectionsRefused]
        messages = loops[.messages]
        refused = loops[.messagesRefused]
        recipients = loops[.recipients]
        octets = loops[.messageOctets]
    }

    /// `3 connections, 2 messages, 5 octets, 0.2 messages a second for 10.0 seconds`.
    package func summary(after elapsed: Duration) -> String {
        connections.of("connection") + ", " + messages.of("message") + ", "
            + octets.of("octet") + ", "
            + "\(Rates.perSecond(messages, elapsed)) messages a second for "
            + "\(Rates.tenths(elapsed.secondsClamped)) seconds"
    }
}

/// Makes the line of rates from the totals, time and again.
package struct Rates {
    private var last: Totals

    package init(since totals: Totals = Totals()) {
        last = totals
    }

    /// The line for the time since the last one; nil if there was no traffic.
    package mutating func line(_ now: Totals, after elapsed: Duration) -> String? {
        defer { last = now }
        let connections = now.connections &- last.connections
        let messages = now.messages &- last.messages
        let refused = now.refused &- last.refused
        guard connections > 0 || messages > 0 || refused > 0 else { return nil }
        return "\(Rates.perSecond(messages, elapsed)) messages a second "
            + "(\(messages) messages, \(refused) refused, \(connections) connections, "
            + "\(now.octets &- last.octets) octets), \(now.open) open"
    }

    fileprivate static func perSecond(_ count: UInt64, _ elapsed: Duration) -> String {
        let seconds = elapsed.secondsClamped
        return tenths(seconds > 0 ? Double(count) / seconds : 0)
    }

    /// With one digit behind the point.
    fileprivate static func tenths(_ value: Double) -> String {
        let tenths = UInt64((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}

extension Duration {
    /// In seconds, not below zero.
    fileprivate var secondsClamped: Double {
        max(0, Double(components.seconds) + Double(components.attoseconds) / 1e18)
    }
}

extension BinaryInteger {
    /// `1 message`, `2 messages`.
    package func of(_ noun: String) -> String { "\(self) \(noun)\(self == 1 ? "" : "s")" }
}
