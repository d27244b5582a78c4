internal import BlackholeHTTP
internal import BlackholePipeline

/// The metrics of the console itself: what it holds, and how often each of its limits was reached.
struct ConsoleFamilies {
    let board: BoardFigures
    let maximumWaiting: Int
    let refusedWaiting: Int
    /// Those that serve it; nil where nobody does.
    let loops: EventLoops?

    var all: [MetricFamily] { keptFamilies + waitingFamilies + (loops.map(families) ?? []) }

    private var keptFamilies: [MetricFamily] {
        [
            counter(
                "dropped_events", "Events that were lost on their way to the console.", board.drops),
            counter(
                "evicted_entries", "Kept entries that made room for later ones.", board.evictions),
            counter(
                "lost_contents", "Contents that found no room, and were not kept.",
                board.lostContents),
            gauge("kept_messages", "Accepted messages that are kept.", board.messages),
            gauge("kept_bytes", unit: "bytes", "Contents that are kept.", board.bytes),
            gauge(
                "arriving_bytes", unit: "bytes", "Contents and transcripts on their way.",
                board.bytesUnderWay),
        ]
    }

    private var waitingFamilies: [MetricFamily] {
        [
            MetricFamily(
                "blackhole_console_waiting", .gauge, help: "Waits and streams that are open.",
                [("wait", board.waits), ("stream", board.streams)].map {
                    .init([("kind", $0)], .number(Double($1)))
                }),
            gauge(
                "waiting_limit", "Waits and streams that may be open at once.", maximumWaiting),
        ]
    }

    private func families(_ loops: EventLoops) -> [MetricFamily] {
        let (come, gone) = (loops[.accepted], loops[.closed])
        let refusals: [(String, UInt64)] = [
            ("head", loops[.httpHeadsTooLarge]), ("body", loops[.httpBodiesTooLarge]),
            ("timeout", loops[.httpTimeouts]), ("malformed", loops[.httpRequestsRefused]),
            ("waiting", UInt64(clamping: refusedWaiting)),
        ]
        return [
            gauge("connections_open", "Connections to the console.", Int(clamping: come &- gone)),
            counter(
                "connections_refused", "Connections to the console over its limit.",
                Int(clamping: loops[.connectionsRefused])),
            counter(
                "requests", "Requests that were complete.", Int(clamping: loops[.httpRequests])),
            MetricFamily(
                "blackhole_console_requests_refused", .counter,
                help: "Requests that were refused for a limit, or were malformed.",
                refusals.map { .init([("reason", $0)], .count($1)) }),
        ]
    }

    private func counter(_ name: String, _ help: String, _ count: Int) -> MetricFamily {
        MetricFamily(
            "blackhole_console_\(name)", .counter, help: help,
            [.init([], .count(UInt64(clamping: count)))])
    }

    private func gauge(
        _ name: String, unit: String? = nil, _ help: String, _ number: Int
    ) -> MetricFamily {
        MetricFamily(
            "blackhole_console_\(name)", .gauge, unit: unit, help: help,
            [.init([], .number(Double(number)))])
    }
}
