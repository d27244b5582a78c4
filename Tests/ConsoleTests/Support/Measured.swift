import BlackholeConsole
import BlackholePipeline
import BlackholeRules

/// Rules, a pool of loops that serves nobody, and the meters of both.
struct Measured {
    let loops: EventLoops
    let recorded: [LoopMeters]
    let server: FakeServer
    let meters: ServerMeters

    init(
        rules: String = "", recording count: Int = 1, listeners: [String] = [":25"],
        domains: [String] = []
    ) throws {
        loops = try EventLoops(count: 1)
        recorded = (0..<count).map { _ in LoopMeters(listeners: listeners, domains: domains) }
        server = FakeServer(rules: rules)
        meters = ServerMeters(
            loops, [], rules: server.console.rules, recorded: recorded, version: "1.2.3")
    }

    /// The lines of the metrics, without comments.
    var lines: [String] {
        MetricsFormat.prometheus.text(meters.families()).split(separator: "\n").map(String.init)
            .filter { !$0.hasPrefix("#") }
    }

    /// Has a rule fire.
    func fire(place: Int, times: Int) {
        for _ in 0..<times {
            _ = server.inForce.program.tallies[place].decide(at: .now)
        }
    }

    /// The value of a series, as it is written.
    func value(_ series: String) -> String? {
        lines.first { $0.hasPrefix("\(series) ") }.map { String($0.dropFirst(series.count + 1)) }
    }
}

/// What a recorder reports of a transaction.
func entry(
    _ outcome: Entry.Outcome = .accepted, to recipients: [String] = ["you@example.org"],
    from peer: String = "192.0.2.1", size: Int = 400
) -> Entry {
    var entry = Entry(id: "ID", at: .now, reply: .init(250, "OK"))
    entry.outcome = outcome
    entry.recipients = recipients
    entry.peer = peer
    entry.size = size
    return entry
}
