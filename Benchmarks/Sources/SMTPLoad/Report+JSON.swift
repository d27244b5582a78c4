/// The report as one JSON document.
extension Report {
    var json: String {
        let failures = Failure.allCases.map { "\"\($0.name)\":\(tally[$0])" }
        let texts = Failure.allCases.compactMap { failure in
            tally[failure] == 0
                ? nil : firstText(failure).map { "\"\(failure.name)\":\(Wording.quoted($0))" }
        }
        let replies = tally.codes.map { "\"\($0)\":\(tally.replies($0))" }
        let latencies = [
            Report.object("reply", tally.replyLatency),
            Report.object("message", tally.messageLatency),
            Report.object("connect", tally.connectLatency),
            Report.object("handshake", tally.handshakeLatency),
        ]
        let members = [
            "\"messages\":\(tally.messages)",
            "\"sessions\":\(tally.sessions)",
            "\"unsent\":\(overdue)",
            "\"failures\":{\(failures.joined(separator: ","))}",
            "\"first_failures\":{\(texts.joined(separator: ","))}",
            "\"replies\":{\(replies.joined(separator: ","))}",
            "\"seconds\":\(Wording.decimal(seconds, 6))",
            "\"rate\":\(Wording.decimal(rate, 1))",
            "\"bytes\":\(bytes.sent)",
            "\"bytes_received\":\(bytes.received)",
            "\"handshakes\":{\"full\":\(tally.fullHandshakes),"
                + "\"resumed\":\(tally.resumedHandshakes)}",
            "\"latency_us\":{\(latencies.joined(separator: ","))}",
            "\"cpu_seconds\":{\"user\":\(Wording.decimal(cpu.user, 6)),"
                + "\"system\":\(Wording.decimal(cpu.system, 6))}",
        ]
        return "{" + members.joined(separator: ",") + "}"
    }

    private static func object(_ name: String, _ latency: Latency) -> String {
        let values = percentiles.map { name, percentile in
            "\"\(name)\":\(Wording.decimal(latency.microseconds(percentile: percentile), 1))"
        }
        return "\"\(name)\":{" + values.joined(separator: ",") + ",\"count\":\(latency.count)}"
    }

    static var percentiles: [(name: String, value: Double)] {
        [("p50", 50), ("p90", 90), ("p99", 99), ("p999", 99.9), ("max", 100)]
    }
}
