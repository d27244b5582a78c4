package import BlackholePipeline

/// What the server measures of itself, read on the console's threads only.
package protocol ConsoleMeters: Sendable {
    /// Whether mail is taken.
    var isReady: Bool { get }
    /// The listeners for mail.
    var listeners: [ConsoleListener] { get }
    /// What has happened since the last call, or since the start.
    func takeSecond() -> TrafficSecond
    /// What has happened since the start.
    func totals() -> TrafficTotals
    /// All metrics but those of the console itself.
    func families() -> [MetricFamily]
}

/// A listener for mail.
package struct ConsoleListener: Sendable {
    /// How it is secured.
    package enum Security: String, Sendable {
        case clear
        case starttls
        case tls
    }

    package let address: NetworkAddress
    package let security: Security

    package init(_ address: NetworkAddress, _ security: Security) {
        self.address = address
        self.security = security
    }

    var json: JSON {
        var host: JSON = nil
        var port: JSON = nil
        if let number = address.port {
            (host, port) = (.string(address.host), .integer(Int(number)))
        }
        return [
            "name": .string(address.description), "host": host, "port": port,
            "security": .string(security.rawValue),
        ]
    }
}

/// What happened in one second.
package struct TrafficSecond: Sendable {
    /// Transactions by what became of them.
    package var (accepted, deferred, refused) = (0, 0, 0)
    /// Connections that were opened, and those open at its end.
    package var (connections, open) = (0, 0)
    package var bytes = 0
    /// From a command's last byte to its reply's first, in seconds; nil if there was none.
    package var medianLatency, slowestLatency: Double?
    /// The share of it in which the busiest loop worked, 0 to 1.
    package var busy = 0.0

    package init() {}

    /// The second as a stream shows it.
    func members(endingAt end: Timestamp) -> [String: JSON] {
        [
            "at": .string(end.description),
            "messages": .integer(accepted &+ deferred &+ refused), "accepted": .integer(accepted),
            "deferred": .integer(deferred), "refused": .integer(refused),
            "connections": .integer(connections), "open": .integer(open),
            "bytes": .integer(bytes),
            "latency": [
                "p50": medianLatency.map(JSON.number) ?? .null,
                "p99": slowestLatency.map(JSON.number) ?? .null,
            ],
        ]
    }
}

/// What has happened since the start.
package struct TrafficTotals: Sendable {
    /// Replies by stage and code.
    package var replies: [(stage: String, code: Int, count: Int)] = []
    /// The busiest domains of recipients, and addresses of clients.
    package var domains: [(name: String, count: Int)] = []
    package var clients: [(name: String, count: Int)] = []
    /// Connections that the kernel dropped from a full accept queue.
    package var overflows = 0
    /// Messages that were accepted, their bytes, and transactions that were refused.
    package var (accepted, acceptedBytes, refused) = (0, 0, 0)
    /// The memory that the process has, in bytes.
    package var memory = 0

    package init() {}

    /// The totals as a stream shows them.
    var members: [String: JSON] {
        func pairs(_ list: [(name: String, count: Int)]) -> JSON {
            .array(list.prefix(10).map { [.string($0.name), .integer($0.count)] })
        }
        return [
            "replies": .array(
                replies.map { [.string($0.stage), .integer($0.code), .integer($0.count)] }),
            "domains": pairs(domains), "clients": pairs(clients), "overflows": .integer(overflows),
        ]
    }
}
