import BlackholeConsole
import Testing

@Suite struct `The text of metrics` {
    static let families = [
        MetricFamily(
            "blackhole_replies", .counter, help: "Replies \\ by \"code\"\nand stage.",
            [
                .init([("stage", "rcpt"), ("code", "250")], .count(7)),
                .init([("stage", "a\"b\\c\nd"), ("code", "452")], .count(.max)),
            ]),
        MetricFamily(
            "blackhole_busy_seconds", .gauge, unit: "seconds", help: "Time.",
            [.init([], .number(0.25)), .init([("loop", "1")], .number(.infinity))]),
        MetricFamily(
            "blackhole_latency_seconds", .histogram, unit: "seconds", help: "Latency.",
            [
                .init(
                    [("stage", "data")],
                    .histogram(.init(bounds: [0.5, 1], counts: [1, 0, 2], sum: 7.5)))
            ]),
        MetricFamily(
            "blackhole_build", .info, help: "Build.", [.init([("version", "1")], .count(1))]),
    ]

    @Test func `is Prometheus's format 0_0_4`() {
        #expect(
            MetricsFormat.prometheus.text(Self.families) == """
                # HELP blackhole_replies_total Replies \\\\ by "code"\\nand stage.
                # TYPE blackhole_replies_total counter
                blackhole_replies_total{stage="rcpt",code="250"} 7
                blackhole_replies_total{stage="a\\"b\\\\c\\nd",code="452"} 18446744073709551615
                # HELP blackhole_busy_seconds Time.
                # TYPE blackhole_busy_seconds gauge
                blackhole_busy_seconds 0.25
                blackhole_busy_seconds{loop="1"} +Inf
                # HELP blackhole_latency_seconds Latency.
                # TYPE blackhole_latency_seconds histogram
                blackhole_latency_seconds_bucket{stage="data",le="0.5"} 1
                blackhole_latency_seconds_bucket{stage="data",le="1.0"} 1
                blackhole_latency_seconds_bucket{stage="data",le="+Inf"} 3
                blackhole_latency_seconds_sum{stage="data"} 7.5
                blackhole_latency_seconds_count{stage="data"} 3
                # HELP blackhole_build_info Build.
                # TYPE blackhole_build_info gauge
                blackhole_build_info{version="1"} 1

                """)
    }

    @Test func `is OpenMetrics 1_0`() {
        let text = MetricsFormat.openMetrics.text(Self.families)
        #expect(
            text.hasPrefix(
                """
                # HELP blackhole_replies Replies \\\\ by \\"code\\"\\nand stage.
                # TYPE blackhole_replies counter
                blackhole_replies_total{stage="rcpt",code="250"} 7

                """))
        #expect(
            text.contains(
                """
                # TYPE blackhole_busy_seconds gauge
                # UNIT blackhole_busy_seconds seconds

                """))
        #expect(
            text.hasSuffix(
                """
                # TYPE blackhole_build info
                blackhole_build_info{version="1"} 1
                # EOF

                """))
    }

    @Test(
        arguments: [
            (nil, false), ("*/*", false), ("text/plain", false),
            ("application/openmetrics-text", true),
            ("application/openmetrics-text;version=1.0.0;q=0.8,text/plain;q=0.5", true),
            ("application/openmetrics-text; q=0", false),
            ("application/openmetrics-text; q=0.000", false),
            ("application/openmetrics-text; q=0.001", true),
        ] as [(String?, Bool)])
    func `has the format that is asked for`(_ accept: String?, _ isOpenMetrics: Bool) throws {
        let fields = accept.map { ["Accept": $0] } ?? [:]
        let reply = try FakeServer().ask("GET", "/metrics", fields)
        let type =
            isOpenMetrics
            ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
            : "text/plain; version=0.0.4; charset=utf-8"
        #expect(reply.fields["content-type"] == type)
        #expect(reply.body.contains("blackhole_messages_total{outcome=\"accepted\"} 3\n"))
        #expect(reply.body.contains("blackhole_console_dropped_events_total 0\n"))
        #expect(reply.body.hasSuffix("# EOF\n") == isOpenMetrics)
    }
}
