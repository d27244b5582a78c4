/// The report for people.
extension Report {
    var table: String {
        var lines = [summary, failureLines, "", latencyLines, ""].filter { $0 != nil }.map {
            $0 ?? ""
        }
        if !tally.codes.isEmpty {
            lines.append(
                "replies    "
                    + tally.codes.map { "\($0) × \(grouped(tally.replies($0)))" }
                    .joined(separator: ", "))
        }
        if tally.fullHandshakes + tally.resumedHandshakes > 0 {
            lines.append(
                "handshakes \(grouped(tally.fullHandshakes)) full, "
                    + "\(grouped(tally.resumedHandshakes)) resumed")
        }
        lines.append(
            "octets     \(grouped(Int(octets.sent))) sent, "
                + "\(grouped(Int(octets.received))) received")
        lines.append(cpuLine)
        return lines.joined(separator: "\n")
    }

    private var summary: String? {
        if plan.held != nil { return "\(grouped(held)) connections held" }
        return "\(grouped(tally.messages)) messages in \(grouped(tally.sessions)) sessions, "
            + "\(decimal(seconds, 3)) s: \(grouped(Int(rate.rounded()))) a second"
            + (tally.failuresInAll == 0 ? ", no failures" : "")
    }

    private var failureLines: String? {
        var lines = Failure.allCases.filter { tally[$0] > 0 }.map { failure in
            "FAILED     \(failure.name) × \(grouped(tally[failure])), the first: "
                + Report.printable(firstText(failure) ?? "")
        }
        if overdue > 0 {
            lines.append(
                "UNSENT     \(grouped(overdue)) messages were due and never begun: "
                    + "the rate is more than these connections can do")
        }
        if hasGivenUp {
            lines.append("GIVEN UP   behind \(Worker.failuresInRowMax) failures in a row")
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
            padded("µs", 10, onLeft: false)
            + Report.percentiles.map { padded($0.name == "p999" ? "p99.9" : $0.name, 11) }.joined()
        return
            ([head]
            + rows.map { name, latency in
                padded(name, 10, onLeft: false)
                    + Report.percentiles.map {
                        padded(decimal(latency.microseconds(percentile: $0.value), 1), 11)
                    }.joined()
            }).joined(separator: "\n")
    }

    private var cpuLine: String {
        let all = cpu.user + cpu.system
        let each =
            tally.messages == 0
            ? "" : ": \(decimal(all * 1e6 / Double(tally.messages), 1)) µs a message"
        return "own CPU    \(decimal(cpu.user, 2)) s user, \(decimal(cpu.system, 2)) s system"
            + each
    }

    /// What a server has said, without anything that a terminal obeys.
    static func printable(_ text: String) -> String {
        String(text.unicodeScalars.filter { $0.value >= 32 && $0.value != 127 }.map(Character.init))
    }
}

/// A number with its decimals.
func decimal(_ number: Double, _ places: Int) -> String {
    var scale = 1.0
    for _ in 0..<places { scale *= 10 }
    let whole = (number * scale).rounded()
    guard whole.magnitude < 9e15 else { return "\(number)" }
    let digits = String(Int(whole.magnitude))
    let all = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
    let sign = whole < 0 ? "-" : ""
    return places == 0 ? sign + all : sign + all.dropLast(places) + "." + all.suffix(places)
}

/// A number with a comma before every three digits.
func grouped(_ number: Int) -> String {
    var digits = String(number.magnitude)
    var index = digits.count - 3
    while index > 0 {
        digits.insert(",", at: digits.index(digits.startIndex, offsetBy: index))
        index -= 3
    }
    return (number < 0 ? "-" : "") + digits
}

private func padded(_ text: String, _ width: Int, onLeft: Bool = true) -> String {
    let blanks = String(repeating: " ", count: max(0, width - text.count))
    return onLeft ? blanks + text : text + blanks
}
