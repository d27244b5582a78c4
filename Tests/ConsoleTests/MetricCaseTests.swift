import BlackholeConsole
import BlackholePipeline
import BlackholeSMTP
import Foundation
import Testing

/// What was wrong with metrics of other programs.
@Suite struct `Cases that broke other metrics` {
    static let names = [
        "d-counter-delete", "d-format-text", "d-histogram-empty", "d-label-escape",
        "d-series-clients", "d-series-twice-names",
    ]

    @Test(arguments: names) func `meet their conditions`(_ name: String) throws {
        let path = `Cases that broke other consoles`.folder.appending(path: "Cases/\(name).json")
        let script = try JSON(reading: Array(Data(contentsOf: path)))
        let rules = script["rules"]?.strings ?? []
        let conditions = try #require(script["metrics"])
        if script["or_rules_refused"]?.bool == true {
            let reply = try FakeServer().ask(
                "PUT", "/api/rules", [:], rules.joined(separator: "\n"))
            if reply.status == 400 { return }
        }
        let measured = try Measured(rules: rules.joined(separator: "\n"))
        if let load = script["load"] { put(load, on: measured) }
        if script["steps"] != nil { try checkSteps(measured) }
        try check(measured, conditions)
    }

    private func put(_ load: JSON, on measured: Measured) {
        var meter = SessionMeter(measured.recorded[0], on: ":25")
        for number in 0..<(load["domains"]?.integer ?? 0) {
            meter.completed(
                entry(to: ["a@d\(number).example"], from: "10.0.\(number / 256).\(number % 256)"))
            meter.received(.unknown)
            meter.said(200 + number % 400)
        }
    }

    /// Mail that is deleted, and rules that are put anew, take nothing away.
    private func checkSteps(_ measured: Measured) throws {
        func totals() -> [String: Double] {
            var totals: [String: Double] = [:]
            for line in measured.lines where line.contains("_total") {
                let words = line.split(separator: " ")
                totals[String(words[0])] = Double(words[1])
            }
            return totals
        }
        let server = measured.server
        #expect(try server.ask("PUT", "/api/rules", [:], "grey: rcpt -> 450\n").status == 200)
        measured.fire(place: 0, times: 10)
        for _ in 0..<10 { server.mail() }
        let before = totals()
        #expect(before[#"blackhole_rule_hits_total{rule="grey"}"#] == 10)
        #expect(try server.ask("DELETE", "/api/v1/messages").status == 200)
        for text in ["grey: rcpt -> 450\n", "", "grey: rcpt -> 450\n"] {
            #expect(try server.ask("PUT", "/api/rules", [:], text).status == 200)
            let after = totals()
            for (series, value) in before {
                #expect(after[series] ?? -1 >= value, "\(series)")
            }
        }
    }

    private func check(_ measured: Measured, _ conditions: JSON) throws {
        let text = MetricsFormat.prometheus.text(measured.meters.families())
        let lines = text.split(separator: "\n").map(String.init)
        let samples = lines.filter { !$0.hasPrefix("#") }
        let series = samples.map { String($0.prefix { $0 != " " }) }
        #expect(Set(series).count == series.count, "no series is there twice")
        #expect(text.hasSuffix("\n"))
        for kind in ["HELP", "TYPE"] {
            let names = lines.filter { $0.hasPrefix("# \(kind) ") }.map {
                $0.split(separator: " ")[2]
            }
            #expect(Set(names).count == names.count, "each family has one \(kind)")
        }
        for pattern in conditions["must"]?.strings ?? [] {
            #expect(try text.contains(Regex(pattern)))
        }
        for pattern in conditions["must_not"]?.strings ?? [] {
            let found = try samples.contains { try $0.contains(Regex(pattern)) }
            #expect(!found, "\(pattern)")
        }
        if let most = conditions["series_max"]?.integer { #expect(series.count < most) }
        if conditions["grouped"]?.bool == true {
            let families = series.map { $0.prefix { $0 != "{" } }.map { name in
                for end in ["_bucket", "_sum", "_count"] where name.hasSuffix(end) {
                    return String(name.dropLast(end.count))
                }
                return String(name)
            }
            let groups = families.indices.filter { $0 == 0 || families[$0] != families[$0 - 1] }
            #expect(Set(families).count == groups.count)
        }
        if conditions["inf_is_count"]?.bool == true { checkBuckets(measured) }
    }

    private func checkBuckets(_ measured: Measured) {
        let endings = measured.lines.filter { $0.contains("le=\"+Inf\"") }
        #expect(endings.count >= 4)
        for ending in endings {
            let name = ending.prefix { $0 != "{" }.dropLast("_bucket".count)
            let value = ending.split(separator: " ").last.map(String.init)
            #expect(measured.value("\(name)_count") == value)
        }
    }
}
