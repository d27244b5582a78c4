import BlackholeConsole
import BlackholeInbox
import BlackholePipeline
import BlackholeRules
import BlackholeSMTP
import Synchronization

/// A feed into which tests put what has happened.
final class FakeFeed: ConsoleFeed {
    private let reports = Mutex<[ConsoleReport]>([])

    func take() -> [ConsoleReport] {
        reports.withLock { reports in
            defer { reports = [] }
            return reports
        }
    }

    func put(_ report: ConsoleReport) { reports.withLock { $0.append(report) } }
}

/// What a server measures that serves nobody.
struct FakeMeters: ConsoleMeters {
    var isReady = true
    var listeners = [ConsoleListener(.loopback(port: 2525), .clear)]

    func takeSecond() -> TrafficSecond {
        var second = TrafficSecond()
        second.accepted = 3
        second.medianLatency = 0.25
        return second
    }

    func totals() -> TrafficTotals {
        var totals = TrafficTotals()
        totals.replies = [("rcpt", 250, 7)]
        totals.domains = [("example.org", 5)]
        totals.accepted = 3
        return totals
    }

    func families() -> [MetricFamily] {
        [
            MetricFamily(
                "blackhole_messages", .counter, help: "Messages.",
                [.init([("outcome", "accepted")], .count(3))])
        ]
    }
}

/// A console without a server, into which mail is put.
struct FakeServer {
    let feed = FakeFeed()
    let console: Console
    /// Where its connections would take rules from.
    let inForce: RulesInForce
    private let count = Atomic64()

    /// A number that grows.
    final class Atomic64: Sendable {
        private let value = Atomic(0)
        var next: Int { value.wrappingAdd(1, ordering: .relaxed).newValue }
    }

    init(
        rules: String = "", generated: [String] = [], meters: FakeMeters = FakeMeters(),
        _ change: (inout ConsoleSettings) -> Void = { _ in }
    ) {
        var settings = ConsoleSettings()
        settings.version = "1.2.3"
        change(&settings)
        var set = RuleSet()
        let faults = set.read(rules, from: "rules.txt")
        precondition(faults.isEmpty, "\(faults)")
        let more = generated.compactMap { text in
            (try? Rule(text)).map { RuleBook.GeneratedRule($0, origin: "mode") }
        }
        let tallies = Tallies(seed: 1, startup: Instant(nanoseconds: 0))
        inForce = RulesInForce(RuleProgram(set.rules + more.map(\.rule), tallies))
        let compile: RuleBook.Compiler = { RuleProgram($0, tallies, ids: $1) }
        let book = RuleBook(set, generated: more, inForce: inForce, compile: compile)
        console = Console(settings, feed: feed, rules: book, meters: meters)
    }

    /// Puts a message in, which has come to these recipients.
    @discardableResult
    func mail(
        to recipients: [String] = ["in@case.example.org"], from sender: String = "me@example.com",
        subject: String = "case", content: String? = nil,
        _ change: (inout Entry) -> Void = { _ in }
    ) -> String {
        let number = count.next
        let content =
            content
                ?? """
                From: Me <\(sender)>\r
                To: \(recipients.joined(separator: ", "))\r
                Subject: \(subject)\r
                \r
                Hello \(number)\r

                """
        return mail(to: recipients, from: sender, bytes: Array(content.utf8), number, change)
    }

    /// Puts a message of these bytes in.
    @discardableResult
    func mail(
        to recipients: [String], from sender: String = "me@example.com", bytes: [UInt8],
        _ number: Int? = nil, _ change: (inout Entry) -> Void = { _ in }
    ) -> String {
        var entry = Entry(
            id: "ID\(number ?? count.next)", at: .now, reply: .init(250, enhanced: "2.0.0", "OK"))
        entry.sender = sender
        entry.recipients = recipients
        entry.peer = "192.0.2.1"
        entry.listener = ":2525"
        entry.size = bytes.count
        entry.session = "S1"
        change(&entry)
        feed.put(.message(entry, content: entry.outcome == .accepted ? bytes : nil))
        return entry.id
    }
}
