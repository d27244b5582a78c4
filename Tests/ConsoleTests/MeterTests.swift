import BlackholeConsole
import BlackholePipeline
import BlackholeRules
import BlackholeSMTP
import Testing

private func at(_ milliseconds: Int64) -> Instant { Instant(nanoseconds: milliseconds * 1_000_000) }

@Suite struct `The metrics of a server` {
    @Test func `have no NaN while nothing has happened, and all buckets at 0`() throws {
        let measured = try Measured()
        #expect(measured.lines.allSatisfy { !$0.lowercased().contains("nan") })
        for family in [
            "tls_handshake_duration_seconds", "transaction_duration_seconds",
            "reply_latency_seconds", "message_size_bytes",
        ] {
            #expect(measured.value("blackhole_\(family)_bucket{le=\"+Inf\"}") == "0")
            #expect(measured.value("blackhole_\(family)_count") == "0")
            #expect(measured.value("blackhole_\(family)_sum") == "0.0")
        }
    }

    @Test func `count a transaction with its time, size, replies and end`() throws {
        let measured = try Measured()
        var meter = SessionMeter(measured.recorded[0], on: ":25", at: at(0))
        meter.said(220, at: at(1))
        meter.received(.ehlo, at: at(2))
        meter.said(250, at: at(2))
        meter.received(.mail, at: at(10))
        meter.said(250, at: at(10))
        meter.received(.rcpt, at: at(11))
        meter.said(250, at: at(311))
        meter.received(.data, at: at(312))
        meter.said(354, at: at(312))
        meter.receivedContent(at: at(400))
        meter.said(250, at: at(400))
        meter.completed(entry(size: 700), at: at(410))
        meter.received(.quit, at: at(420))
        meter.said(221, at: at(420))
        meter.closed(.quit)
        #expect(measured.value(#"blackhole_connections_total{listener=":25"}"#) == "1")
        #expect(measured.value("blackhole_transaction_duration_seconds_sum") == "0.4")
        #expect(
            measured.value(#"blackhole_transaction_duration_seconds_bucket{le="0.25"}"#) == "0")
        #expect(
            measured.value(#"blackhole_transaction_duration_seconds_bucket{le="0.5"}"#) == "1")
        #expect(measured.value("blackhole_reply_latency_seconds_count") == "7")
        #expect(measured.value(#"blackhole_reply_latency_seconds_bucket{le="0.25"}"#) == "6")
        #expect(measured.value(#"blackhole_message_size_bytes_bucket{le="500.0"}"#) == "0")
        #expect(measured.value(#"blackhole_message_size_bytes_bucket{le="1000.0"}"#) == "1")
        #expect(measured.value(#"blackhole_replies_total{stage="data",code="354"}"#) == "1")
        #expect(measured.value(#"blackhole_replies_total{stage="message",code="250"}"#) == "1")
        #expect(measured.value(#"blackhole_connections_ended_total{how="quit"}"#) == "1")
        #expect(measured.lines.allSatisfy { !$0.contains("_lost_total") || $0.hasSuffix(" 0") })
        let second = measured.meters.takeSecond()
        let median = try #require(second.medianLatency)
        #expect(median <= 0.001)
        let slowest = try #require(second.slowestLatency)
        #expect(slowest > 0.25 && slowest <= 0.5)
        #expect(measured.meters.takeSecond().medianLatency == nil, "nothing has come since")
    }

    @Test func `call lost whom the server has heard and who left without QUIT`() throws {
        let measured = try Measured()
        let loop = measured.recorded[0]
        func session(_ check: Bool, _ verbs: [Verb], _ ending: SessionSummary.Ending) {
            var meter = SessionMeter(loop, on: ":25")
            meter.said(220)
            for verb in verbs {
                meter.received(verb)
                meter.said(250)
            }
            meter.closed(ending, isHealthCheck: check)
        }
        session(false, [], .eof)
        session(true, [.helo], .eof)
        session(false, [.helo], .limit)
        session(false, [.ehlo, .mail], .reset)
        session(false, [.ehlo, .noop], .timeout)
        let losses = measured.lines.filter {
            $0.contains("_lost_total") && !$0.hasSuffix(" 0")
        }
        #expect(
            losses == [
                #"blackhole_connections_lost_total{after_stage="helo"} 1"#,
                #"blackhole_connections_lost_total{after_stage="mail"} 1"#,
            ])
        #expect(measured.value(#"blackhole_connections_ended_total{how="eof"}"#) == "2")
    }

    @Test func `escape the names of rules`() throws {
        let measured = try Measured(rules: #""a\\b\"c": rcpt -> 450"#)
        #expect(measured.value(#"blackhole_rule_hits_total{rule="a\\b\"c"}"#) == "0")
    }

    @Test func `never have the same series twice`() throws {
        let measured = try Measured(
            rules: "x: mail -> 450\nrcpt -> 452\ndata -> 453\n2: helo -> 450")
        let series = measured.lines.map { $0.prefix { $0 != " " } }
        #expect(Set(series).count == series.count)
        #expect(measured.value(#"blackhole_rule_hits_total{rule="x"}"#) == "0")
        #expect(measured.value(#"blackhole_rule_hits_total{rule="3"}"#) == "0")
    }

    @Test func `have few series, whatever names come, and tell what is cut off`() throws {
        let domains = (0..<300).map { "d\($0).example" }
        let rules = (0..<150).map { "r\($0): rcpt to=*@d\($0).example -> 450" }
        let measured = try Measured(
            rules: rules.joined(separator: "\n"), listeners: domains, domains: domains)
        var meter = SessionMeter(measured.recorded[0], on: "unknown")
        for number in 0..<10_000 {
            meter.completed(
                entry(to: ["a@d\(number).example"], from: "10.0.\(number / 256).\(number % 256)"))
        }
        meter.said(299)
        #expect(measured.lines.count < 900)
        #expect(measured.value("blackhole_rules_cut_off") == "50.0")
        #expect(measured.value(#"blackhole_rule_hits_total{rule="r99"}"#) == "0")
        #expect(measured.value(#"blackhole_rule_hits_total{rule="r100"}"#) == nil)
        #expect(measured.value(#"blackhole_connections_total{listener="other"}"#) == "1")
        let series = "blackhole_domain_messages_total{domain=\"other\",outcome=\"accepted\"}"
        #expect(measured.value(series) == "9900")
        #expect(measured.value(#"blackhole_replies_total{stage="connect",code="other"}"#) == "1")
        #expect(measured.meters.totals().clients.count == 128)
    }

    @Test func `count each domain of a message once`() throws {
        let measured = try Measured(domains: ["example.org"])
        var meter = SessionMeter(measured.recorded[0], on: ":25")
        meter.completed(entry(.deferred, to: ["a@Example.ORG", "b@example.org", "c@x.example"]))
        func value(_ domain: String) -> String? {
            measured.value(
                "blackhole_domain_messages_total{domain=\"\(domain)\",outcome=\"deferred\"}")
        }
        #expect(value("example.org") == "1")
        #expect(value("other") == "1")
        #expect(measured.value(#"blackhole_messages_total{outcome="deferred"}"#) == "1")
        #expect(measured.meters.totals().domains.map(\.name) == ["example.org", "x.example"])
        #expect(measured.meters.takeSecond().deferred == 1)
    }

    @Test func `show which latches hold`() throws {
        let measured = try Measured(
            rules:
                "latch: mail over=1/m hold=1h -> 451\nkeyed: rcpt over=1/m per=from hold=1h -> 450")
        #expect(measured.value(#"blackhole_rule_latched{rule="latch"}"#) == "0.0")
        #expect(measured.value(#"blackhole_rule_latched{rule="keyed"}"#) == nil)
        measured.fire(place: 0, times: 2)
        #expect(measured.value(#"blackhole_rule_latched{rule="latch"}"#) == "1.0")
    }

    @Test func `keep what rules have counted that are gone`() throws {
        let measured = try Measured(rules: "grey: rcpt -> 450\nmail -> 451")
        func put(_ text: String) throws {
            #expect(try measured.server.ask("PUT", "/api/rules", [:], text).status == 200)
        }
        measured.fire(place: 0, times: 3)
        measured.fire(place: 1, times: 2)
        #expect(measured.value(#"blackhole_rule_hits_total{rule="grey"}"#) == "3")
        try put("mail -> 451\n")
        #expect(measured.value(#"blackhole_rule_hits_total{rule="grey"}"#) == "3")
        #expect(measured.value(#"blackhole_rule_hits_total{rule="2"}"#) == "2")
        try put("grey: data -> 450\n")
        measured.fire(place: 0, times: 1)
        #expect(measured.value(#"blackhole_rule_hits_total{rule="grey"}"#) == "4")
        #expect(measured.value(#"blackhole_rule_hits_total{rule="2"}"#) == "2")
    }
}

@Suite struct `The busiest names` {
    @Test func `come in the order of their counts, whatever passes by`() {
        var names = BusiestNames()
        for number in 0..<20_000 {
            names.add("passer-\(number)")
            if number % 10 == 0 { names.add("often") }
            if number % 5 == 0 { names.add("most often") }
        }
        #expect(names.rows.count == BusiestNames.capacity)
        #expect(names.rows.prefix(2).map(\.name) == ["most often", "often"])
        #expect(names.rows[0].count <= 4000 && names.rows[0].count > 3000)
    }

    @Test func `are no names that are empty or too long`() {
        var names = BusiestNames()
        names.add("")
        names.add(String(repeating: "x", count: 256))
        #expect(names.rows.isEmpty)
    }

    @Test func `add up over loops`() {
        let merged = BusiestNames.merged([[("a", 2), ("b", 3)], [("a", 2)]])
        #expect(merged.map(\.name) == ["a", "b"])
        #expect(merged.map(\.count) == [4, 3])
    }
}
