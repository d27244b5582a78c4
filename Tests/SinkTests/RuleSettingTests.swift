import BlackholeRules
import BlackholeSink
import Testing

@Suite struct `Settings that add up` {
    private static let files = [
        "one.rules": "# A comment.\n\nrcpt to=@one.example -> 450\n",
        "two.rules": "mail from=none -> 550\r\n",
        "wrong.rules": "helo -> 250\nrcpt too=a -> 450\nrcpt",
    ]

    private static func set(
        _ options: [(Setting, String)], file: String = ""
    ) throws -> RuleSet {
        var configuration = Configuration()
        try configuration.apply(options.map { Assignment($0.0, $0.1, from: .option) })
        try configuration.apply(try ConfigurationFile.assignments(of: file, at: "x.conf"))
        return try configuration.rules({
            path throws(ConfigurationError) in
            guard let text = files[path] else { throw ConfigurationError(rules: path, "not there") }
            return Array(text.utf8)
        }).set
    }

    private static func fault(_ options: [(Setting, String)], file: String = "")
        -> ConfigurationError?
    {
        do {
            _ = try set(options, file: file)
            return nil
        } catch {
            return error as? ConfigurationError
        }
    }

    @Test func `keep the rules of every source`() throws {
        let set = try Self.set(
            [("rule", "rcpt -> 450"), ("rule", "mail -> 451")],
            file: """
                port=2525
                rule = a: rcpt to=b -> 421 4.7.0 "no, #1; x"; close
                rule = quit -> 221 Bye # with a hash
                """)
        #expect(
            set.written(withSources: true) == [
                "--rule 1 rcpt -> 450", "--rule 2 mail -> 451",
                "x.conf:2 a: rcpt to=b -> 421 4.7.0 \"no, #1; x\"; close",
                "x.conf:3 quit -> 221 Bye # with a hash",
            ])
    }

    @Test func `read files of rules behind the rules of their source`() throws {
        let set = try Self.set(
            [("rules", "one.rules"), ("rule", "rcpt -> 450")],
            file: "rules = two.rules\nrule = quit -> 221")
        #expect(
            set.entries.map { "\($0.source)" }.filter { $0 != "settings" }
                == ["--rule 1", "one.rules:3", "x.conf:2", "two.rules:1"])
    }

    @Test func `list files of rules with commas`() throws {
        #expect(
            try Self.set([("rules", "two.rules,one.rules")]).entries
                .map { "\($0.source)" }.filter { $0 != "settings" } == [
                    "two.rules:1", "one.rules:3",
                ])
    }

    @Test func `know no quotes in a file's name or an address`() throws {
        var configuration = Configuration()
        try configuration.apply([Assignment("rules", "it's.rules,b.rules", from: .option)])
        #expect(configuration.ruleFiles == ["it's.rules", "b.rules"])
        #expect(
            Self.fault([("listen", "unix:/it's, :2527")])?.description
                == "--listen: 'unix:/it's, :2527' has a quote in it, which only a rule stands in")
    }

    @Test func `take a listener's rule with a hash and commas in it`() throws {
        let file = "listen = :2526 rule='rcpt -> 450 Try, #2' mode=bounce, :2527 # rule='x'"
        #expect(
            try Self.set([], file: file).written()
                == ["rcpt listener=:2526 -> 450 Try, #2"])
    }

    @Test func `put a listener's own rules before all others`() throws {
        let file = """
            listen = 127.0.0.1:2526 rule='rcpt per=ip,from every=2 -> 450' mode=bounce, :2527
            rule = rcpt -> 451
            """
        #expect(
            try Self.set([], file: file).written()
                .prefix(2) == [
                    "rcpt listener=127.0.0.1:2526 per=ip,from every=2 -> 450", "rcpt -> 451",
                ])
        #expect(
            Self.fault([("listen", ":2526 rule=rcpt")])?.description
                == "--listen: 'rcpt' is not a rule in quotes: rule='rcpt -> 450'")
        #expect(
            Self.fault([("listen", ":2526 rule='a'b'c'")])?.description
                == "--listen: ''a'b'c'' is not a rule in quotes: rule='rcpt -> 450'")
    }

    @Test func `say where a rule is wrong`() {
        for (options, file, place) in [
            ([("rule", "rcpt -> 450"), ("rule", "rcpt too=a -> 450")], "", "--rule 2: column 6: "),
            ([("rules", "wrong.rules")], "", "wrong.rules:2: column 6: "),
            ([], "\n rule=rcpt too=a -> 450", "x.conf:2: column 6: "),
        ] as [([(Setting, String)], String, String)] {
            let fault = Self.fault(options, file: file)
            #expect(fault?.description.hasPrefix(place) == true, "\(String(describing: fault))")
            #expect(fault?.isUsage == false)
        }
        #expect(
            Self.fault([("rules", "none.rules")])?.description
                == "cannot read none.rules, which rules need: not there")
    }
}

extension RuleSet {
    /// The rules that somebody has written, with their sources or without.
    fileprivate func written(withSources: Bool = false) -> [String] {
        entries.filter { $0.source.name != "settings" }.map {
            withSources ? "\($0.source) \($0.rule)" : "\($0.rule)"
        }
    }
}
