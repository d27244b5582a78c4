/// The report as one JSON document.
extension Report {
    var json: String {
        let failures = Failure.allCases.map { "\"\($0.name)\":\(tally[$0])" }
        let texts = Failure.allCases.compactMap { failure in
            tally[failure] == 0
                ? nil : firstText(failure).map { "\"\(failure.name)\":\(Report.quoted($0))" }
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
            "\"seconds\":\(decimal(seconds, 6))",
            "\"rate\":\(decimal(rate, 1))",
            "\"octets\":\(octets.sent)",
            "\"octets_received\":\(octets.received)",
            "\"handshakes\":{\"full\":\(tally.fullHandshakes),"
                + "\"resumed\":\(tally.resumedHandshakes)}",
            "\"latency_us\":{\(latencies.joined(separator: ","))}",
            "\"cpu_seconds\":{\"user\":\(decimal(cpu.user, 6)),"
                + "\"system\":\(decimal(cpu.system, 6))}",
        ]
        return "{" + members.joined(separator: ",") + "}"
    }

    private static func object(_ name: String, _ latency: Latency) -> String {
        let values = percentiles.map { name, percentile in
            "\"\(name)\":\(decimal(latency.microseconds(percentile: percentile), 1))"
        }
        return "\"\(name)\":{" + values.joined(separator: ",") + ",\"count\":\(latency.count)}"
    }

    static var percentiles: [(name: String, value: Double)] {
        [("p50", 50), ("p90", 90), ("p99", 99), ("p999", 99.9), ("max", 100)]
    }

    /// A text as JSON has it (RFC 8259 §7).
    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\" + String(scalar)
            case "\0"..<" ":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
