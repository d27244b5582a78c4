/// The report for people.
extension Report {
    var table: String {
        var lines = [summary, failureLines, "", latencyLines, ""].filter { $0 != nil }.map {
            $0 ?? ""
        }
        if !tally.codes.isEmpty {
            lines.append(
                "replies    "
                    + tally.codes.map { "\($0) × \(Wording.grouped(tally.replies($0)))" }
                    .joined(separator: ", "))
        }
        if tally.fullHandshakes + tally.resumedHandshakes > 0 {
            lines.append(
                "handshakes \(Wording.grouped(tally.fullHandshakes)) full, "
                    + "\(Wording.grouped(tally.resumedHandshakes)) resumed")
        }
        lines.append(
            "bytes     \(Wording.grouped(Int(bytes.sent))) sent, "
                + "\(Wording.grouped(Int(bytes.received))) received")
        lines.append(cpuLine)
        return lines.joined(separator: "\n")
    }

    private var summary: String? {
        if plan.held != nil { return "\(Wording.grouped(held)) connections held" }
        return
            "\(Wording.grouped(tally.messages)) messages in \(Wording.grouped(tally.sessions)) sessions, "
            + "\(Wording.decimal(seconds, 3)) s: \(Wording.grouped(Int(rate.rounded()))) a second"
            + (tally.failuresInAll == 0 ? ", no failures" : "")
    }

    private var failureLines: String? {
        var lines = Failure.allCases.filter { tally[$0] > 0 }.map { failure in
            "FAILED     \(failure.name) × \(Wording.grouped(tally[failure])), the first: "
                + Wording.printable(firstText(failure) ?? "")
        }
        if overdue > 0 {
            lines.append(
                "UNSENT     \(Wording.grouped(overdue)) messages were due and never begun: "
                    + "the rate is more than these connections can do")
        }
        if hasGivenUp {
            lines.append("GIVEN UP   behind \(Worker.maximumFailuresInRow) failures in a row")
        }
        return lines.isEmpty ? nil : lines.joined(separator: "\n")
    }

    private var latencyLines: String? {
        let rows = [
            ("reply", tally.replyLatency), ("message", tally.messageLatency),
            ("connect", tally.connectLatency), ("handshake", tally.handshakeLatency),
        ].filter { $0.1.count > 0 }
        guard !rows.isEmpty else { return nil }
        let head =
            Wording.padded("µs", 10, onLeft: false)
            + Report.percentiles.map { Wording.padded($0.name == "p999" ? "p99.9" : $0.name, 11) }
            .joined()
        return
            ([head]
            + rows.map { name, latency in
                Wording.padded(name, 10, onLeft: false)
                    + Report.percentiles.map {
                        Wording.padded(
                            Wording.decimal(latency.microseconds(percentile: $0.value), 1), 11)
                    }.joined()
            }).joined(separator: "\n")
    }

    private var cpuLine: String {
        let all = cpu.user + cpu.system
        let each =
            tally.messages == 0
            ? "" : ": \(Wording.decimal(all * 1e6 / Double(tally.messages), 1)) µs a message"
        return
            "own CPU    \(Wording.decimal(cpu.user, 2)) s user, \(Wording.decimal(cpu.system, 2)) s system"
            + each
    }
}
