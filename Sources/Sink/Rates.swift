package import BlackholePipeline
internal import BlackholeSMTP

/// What the server has done in all: what its counters stand at.
package struct Totals: Sendable, Equatable {
    package var connections: UInt64 = 0
    package var open: UInt64 = 0
    package var connectionsRefused: UInt64 = 0
    package var messages: UInt64 = 0
    package var refusals = Refusals()
    package var recipients: UInt64 = 0
    package var bytes: UInt64 = 0
    /// The time from the first message that was accepted to the last.
    package var traffic = Duration.zero

    package init() {}

    /// Reads the counters of a pool.
    package init(_ loops: EventLoops) {
        let closed = loops[.closed]
        connections = loops[.accepted]
        // Read one after the other while the loops run: a little off, but never below zero.
        open = connections > closed ? connections - closed : 0
        connectionsRefused = loops[.connectionsRefused]
        messages = loops[.messages]
        refusals = Refusals(loops)
        recipients = loops[.recipients]
        bytes = loops[.messageBytes]
        let first = loops.values(of: .firstMessageTime).filter { $0 > 0 }.min() ?? 0
        let last = loops.values(of: .lastMessageTime).max() ?? 0
        traffic = .nanoseconds(last > first ? Int64(clamping: last - first) : 0)
    }

    /// `3 connections, 2 messages, 5 bytes, 0.2 messages a second for 10.0 seconds, 2 recipients,
    /// 1 refused: rcpt 550×1`, where the seconds are those of ``traffic``.
    package var summary: String {
        let overLimit = connectionsRefused > 0 ? "\(connectionsRefused) over a limit, " : ""
        return connections.of("connection") + ", " + messages.of("message") + ", "
            + bytes.of("byte") + ", "
            + "\(Rates.perSecond(messages, traffic)) messages a second for "
            + "\(Rates.tenths(traffic.secondsClamped)) seconds, "
            + recipients.of("recipient") + ", " + overLimit + refusals.text
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
        let refusals = now.refusals.since(last.refusals)
        guard connections > 0 || messages > 0 || !refusals.isEmpty else { return nil }
        return "\(Rates.perSecond(messages, elapsed)) messages a second "
            + "(\(messages) messages, \(refusals.total) refused, \(connections) connections, "
            + "\(now.bytes &- last.bytes) bytes), \(now.open) open"
            + (refusals.isEmpty ? "" : ", \(refusals.text)")
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
