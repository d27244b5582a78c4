internal import BlackholePipeline
internal import BlackholeSMTP
internal import BlackholeTLS

extension ServerMeters {
    package func families() -> [MetricFamily] {
        [
            MetricFamily(
                "blackhole_build", .info, help: "The program.",
                [.init([("version", version)], .count(1))])
        ] + connectionFamilies + messageFamilies + ruleFamilies + tlsFamilies + limitFamilies
            + (recorded.isEmpty ? [] : recordedFamilies)
    }

    private typealias Sample = MetricFamily.Sample

    private func samples(
        _ label: String, _ counts: [(String, UInt64)]
    ) -> [MetricFamily.Sample] {
        counts.map { Sample([(label, $0)], .count($1)) }
    }

    // MARK: What loops count of all connections

    private var connectionFamilies: [MetricFamily] {
        let names = recorded.first?.listenerNames ?? []
        func total(_ name: String?) -> UInt64 {
            recorded.reduce(0) { $0 &+ $1.connections(on: name) }
        }
        var byListener = names.map { ($0, total($0)) }
        if total(nil) > 0 { byListener.append((LoopMeters.other, total(nil))) }
        return [
            MetricFamily(
                "blackhole_connections", .counter,
                help: "Connections that were accepted, by listener where they are recorded.",
                recorded.isEmpty
                    ? [.init([], .count(loops[.accepted]))] : samples("listener", byListener)),
            MetricFamily(
                "blackhole_connections_open", .gauge, help: "Connections that are open.",
                [.init([], .number(Double(open)))]),
            MetricFamily(
                "blackhole_connections_refused", .counter,
                help: "Connections that were refused, for a limit or at the greeting.",
                samples(
                    "reason",
                    [
                        ("limit", loops[.connectionsRefused]),
                        ("rule", refused(.connect, Counter.refusingCodes)),
                    ])),
        ]
    }

    private var messageFamilies: [MetricFamily] {
        let outcomes = outcomes
        var messages = Entry.Outcome.allCases.map { ($0.label, outcomes[$0] ?? 0) }
        if !recorded.isEmpty { messages.append(("aborted", sum(LoopMeters.Place.aborted))) }
        return [
            MetricFamily(
                "blackhole_messages", .counter,
                help: "Transactions by what became of them.", samples("outcome", messages)),
            MetricFamily(
                "blackhole_recipients", .counter,
                help: "Recipients: those of accepted messages, and those that were refused.",
                samples(
                    "outcome",
                    [
                        ("accepted", loops[.recipients]), ("deferred", refused(.rcpt, 400...499)),
                        ("rejected", refused(.rcpt, 500...599)),
                    ])),
            MetricFamily(
                "blackhole_message_bytes", .counter, unit: "bytes",
                help: "Content of accepted messages.", [.init([], .count(loops[.messageBytes]))]),
            MetricFamily(
                "blackhole_replies", .counter,
                help:
                    "Replies by stage and code; those that refuse nothing where they are recorded.",
                replies.map {
                    .init([("stage", $0.stage), ("code", $0.code)], .count($0.count))
                }),
        ]
    }

    private var ruleFamilies: [MetricFamily] {
        guard let page = rules?.page else { return [] }
        return [
            MetricFamily(
                "blackhole_rule_hits", .counter,
                help: "Times that rules fired, by their name or number.",
                samples("rule", page.hitsByLabel.map { ($0.label, $0.hits) })),
            MetricFamily(
                "blackhole_rule_latched", .gauge,
                help: "Whether the latch of a rule holds, of rules that have one.",
                page.latches.map { .init([("rule", $0.label)], .number($0.isHeld ? 1 : 0)) }),
            MetricFamily(
                "blackhole_rules_cut_off", .gauge,
                help: "Rules that are counted as other, since there are too many.",
                [.init([], .number(Double(page.rulesCutOff)))]),
        ]
    }

    private var tlsFamilies: [MetricFamily] {
        let done = TLSProtocolVersion.allCases.flatMap { version in
            [false, true].map { isResumed in
                Sample(
                    [
                        ("result", "ok"), ("version", "\(version)"), ("resumed", "\(isResumed)"),
                    ], .count(loops[.tlsHandshakes(with: version, isResumed: isResumed)]))
            }
        }
        let others = [("failed", loops[.tlsFailures]), ("refused", loops[.tlsHandshakesRefused])]
            .map { Sample([("result", $0), ("version", ""), ("resumed", "")], .count($1)) }
        return [
            MetricFamily(
                "blackhole_tls_handshakes", .counter, help: "TLS handshakes.", done + others),
            histogram(
                "blackhole_tls_handshake_duration_seconds", unit: "seconds",
                "Time from a whole ClientHello to the end of the handshake.",
                Histogram.tlsHandshakes.contents(of: loops.counters)),
        ]
    }

    private var limitFamilies: [MetricFamily] {
        [
            MetricFamily(
                "blackhole_loop_busy_seconds", .counter, unit: "seconds",
                help: "Processor time of each loop.",
                working.enumerated().map {
                    .init([("loop", "\($0)")], .number(Double($1) / 1e9))
                }),
            MetricFamily(
                "blackhole_listen_overflows", .counter,
                help:
                    "Connections that the kernel dropped from full accept queues of this network.",
                [.init([], .count(overflows))]),
            MetricFamily(
                "blackhole_memory_bytes", .gauge, unit: "bytes",
                help: "Resident memory of the process.",
                [.init([], .number(Double(HostFigures.recent.memory)))]),
        ]
    }

    // MARK: What is measured of recorded connections

    private var recordedFamilies: [MetricFamily] {
        let counters = recorded.map(\.counters)
        let endings = SessionSummary.Ending.allCases.map {
            ($0.rawValue, sum(LoopMeters.Place.ending($0)))
        }
        let losses = RefusalStage.allCases.map { ($0.name, sum(LoopMeters.Place.loss($0))) }
        let families = [
            MetricFamily(
                "blackhole_connections_ended", .counter, help: "Sessions by how they ended.",
                samples("how", endings)),
            MetricFamily(
                "blackhole_connections_lost", .counter,
                help:
                    "Sessions that their client left without QUIT, by the last stage that went well.",
                samples("after_stage", losses)),
            histogram(
                "blackhole_transaction_duration_seconds", unit: "seconds",
                "Time from MAIL to the reply that ended the transaction.",
                LoopMeters.transactions.contents(of: counters)),
            histogram(
                "blackhole_reply_latency_seconds", unit: "seconds",
                "Time from a command's last byte to its reply.",
                LoopMeters.latency.contents(of: counters)),
            histogram(
                "blackhole_message_size_bytes", unit: "bytes", "Size of accepted messages.",
                LoopMeters.messageSizes.contents(of: counters)),
        ]
        let domains = recorded.first?.domainNames ?? []
        return domains.isEmpty ? families : families + [domainFamily(domains)]
    }

    private func domainFamily(_ domains: [String]) -> MetricFamily {
        let names: [String?] = domains + [nil]
        return MetricFamily(
            "blackhole_domain_messages", .counter,
            help: "Transactions by the domains of their recipients.",
            names.flatMap { name in
                Entry.Outcome.allCases.map { outcome in
                    Sample(
                        [("domain", name ?? LoopMeters.other), ("outcome", outcome.label)],
                        .count(recorded.reduce(0) { $0 &+ $1.messages(to: name, outcome) }))
                }
            })
    }

    private func histogram(
        _ name: String, unit: String, _ help: String, _ contents: Histogram.Contents
    ) -> MetricFamily {
        let scale = unit == "seconds" ? 1e9 : 1
        return MetricFamily(
            name, .histogram, unit: unit, help: help,
            [
                .init(
                    [],
                    .histogram(
                        .init(
                            bounds: contents.bounds.map { Double($0) / scale },
                            counts: contents.counts, sum: Double(contents.sum) / scale)))
            ])
    }
}

extension Entry.Outcome {
    /// What metrics call it.
    fileprivate var label: String { self == .refused ? "rejected" : rawValue }
}
