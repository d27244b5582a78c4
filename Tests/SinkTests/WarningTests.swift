import BlackholeRules
import BlackholeSink
import Testing

/// What a configuration's warnings say, and what they leave alone.
struct WarningTests {
    private func warnings(
        _ text: String, environment: [String: String] = [:]
    ) throws -> [String] {
        var configuration = Configuration()
        try configuration.apply(environment: environment)
        try configuration.apply(try ConfigurationFile.assignments(of: text, at: "x"))
        try configuration.check()
        return configuration.warnings
    }

    @Test(
        arguments: [
            ("listen=:26\nport=25", ["x:2: port: has no effect next to listen"]),
            (
                "starttls=yes host=::1 ssl_port=1 tls_listen=:26",
                [
                    "x:1: host: has no effect next to tls_listen",
                    "x:1: ssl_port: has no effect next to tls_listen",
                    "x:1: starttls: has no effect where TLS begins with the first byte everywhere",
                ]
            ),
            (
                "host=unix:/x port=1",
                ["x:1: port: has no effect where every host is a unix-domain socket"]
            ),
            (
                "socket_mode=600 host=::1,unix:@x",
                ["x:1: socket_mode: has no effect without a unix-domain socket that is a file"]
            ),
            (
                "ssl=no ssl_cert=/c ssl_port=26 starttls=True handshakes_limit=9",
                ["ssl_cert", "handshakes_limit", "ssl_port", "starttls"].map {
                    "x:1: \($0): has no effect with ssl=False"
                }
            ),
            (
                "connections_limit=9 connections_per_address_limit=9",
                [
                    "x:1: connections_per_address_limit: has no effect unless it is lower than "
                        + "connections_limit"
                ]
            ),
            (
                "handshakes_per_address_limit=5k",
                [
                    "x:1: handshakes_per_address_limit: has no effect unless it is lower than "
                        + "handshakes_limit"
                ]
            ),
        ] as [(String, [String])])
    func `a setting that another one defeats gets a warning that says which`(
        text: String, expected: [String]
    ) throws {
        #expect(try warnings(text) == expected)
    }

    @Test(
        arguments: [
            (
                "dynamic_switch=no bounce_codes=550 accept_ratio=0.1",
                [
                    "x:1: bounce_codes: has no effect as no mode bounces with them",
                    "x:1: accept_ratio: has no effect without mode=random",
                ]
            ),
            (
                "dynamic_switch=no mode=bounce accept_codes=251",
                ["x:1: accept_codes: has no effect as no mode accepts at rcpt or message"]
            ),
            (
                "mode=bounce bounce_codes=rcpt:550,550",
                ["x:1: bounce_codes: has no effect at rcpt: no mode bounces there"]
            ),
            (
                "dynamic_switch=no mode=bounce stage=rcpt bounce_codes=rcpt:550\nbounce_codes=551",
                ["x:2: bounce_codes: has no effect as no mode bounces with them"]
            ),
            (
                "stage=mail",
                ["x:1: stage: has no effect with mode=accept and neither delay nor accept_codes"]
            ),
            (
                "mode=bounce stage=rcpt delay=1 dynamic_switch=yes\n"
                    + "listen=:26 mode=random stage=mail delay=2",
                ["mode", "stage", "delay"].map {
                    "x:1: \($0): has no effect as every listener has its own"
                } + ["x:1: dynamic_switch: has no effect on listeners with flags of their own"]
            ),
        ] as [(String, [String])])
    func `a mode's setting that no listener uses gets a warning that says why`(
        text: String, expected: [String]
    ) throws {
        #expect(try warnings(text) == expected)
    }

    @Test(
        arguments: [
            (
                "host=0.0.0.0,127.0.0.1 ssl_port=none",
                "x:1: host: 127.0.0.1:25 is part of 0.0.0.0:25: both cannot be bound; remove one"
            ),
            (
                "listen=[::1]:26\ntls_listen=:::26",
                "x:1: listen: [::1]:26 is part of [::]:26: both cannot be bound; remove one"
            ),
            (
                "host=127.0.0.1:2600",
                "x:1: host: '127.0.0.1:2600' has a port in it; use host=127.0.0.1 port=2600"
            ),
            ("host=[::1]:26", "x:1: host: '[::1]:26' has a port in it; use host=[::1] port=26"),
            ("host=mx.io:26", "x:1: host: 'mx.io:26' has a port in it; use host=mx.io port=26"),
        ] as [(String, String)])
    func `an address that cannot be bound gets a warning`(text: String, warning: String) throws {
        #expect(try warnings(text) == [warning])
    }

    @Test(arguments: [
        "", "mode=bounce bounce_codes=550", "bounce_codes=550", "accept_codes=251",
        "host=::,127.0.0.1", "host=0.0.0.0,localhost", "host=::1,127.0.0.1 port=25,26",
        "listen=:25, 127.0.0.1:26", "host=unix:/x", "host=unix:/x:25", "host=fe80::1",
        "host=::1:25", "ssl=no starttls=auto", "ssl=no ssl_port=none", "stage=rcpt delay=1",
        "stage=rcpt accept_codes=251", "mode=unavailable stage=helo", "mode=random accept_ratio=0",
        "listen=:25 mode=bounce, :26\nmode=random stage=rcpt delay=1 dynamic_switch=yes",
        "listen=:25\nlisten=:26 mode=bounce\nbounce_codes=550", "socket_user=x host=unix:/x",
        "mode=bounce stage=rcpt bounce_codes=rcpt:550", "dynamic_switch=no listen=:25 mode=accept",
        "connections_limit=9 connections_per_address_limit=8", "connections_per_address_limit=9",
    ])
    func `what has an effect gets no warning`(text: String) throws {
        #expect(try warnings(text) == [])
    }

    @Test func `a misspelled variable is reported with the name that was meant`() throws {
        let variables = [
            "BLACKHOLE_MDOE": "bounce", "BLACKHOLE_xyzzy": "1", "BLACKHOLE_port": "1", "PORT": "x",
            "BLACKHOLE_TLS_CERT": "/c", "BLACKHOLE_UNSET": "",
        ]
        #expect(
            try warnings("", environment: variables) == [
                "unknown variable 'BLACKHOLE_MDOE'; did you mean BLACKHOLE_MODE?",
                "unknown variable 'BLACKHOLE_port'; did you mean BLACKHOLE_PORT?",
                "unknown variable 'BLACKHOLE_xyzzy'; blackhole run --help lists the settings",
            ])
    }

    @Test func `the environment's defaults may be overridden without a warning`() throws {
        var variables = ["BLACKHOLE_PORT": "2525"]
        #expect(try warnings("listen=:26", environment: variables) == [])
        variables["BLACKHOLE_LISTEN"] = ":26"
        #expect(
            try warnings("", environment: variables)
                == ["BLACKHOLE_PORT: has no effect next to listen"])
    }

    @Test func `an empty variable counts as unset`() throws {
        var configuration = Configuration()
        try configuration.apply(environment: ["BLACKHOLE_MODE": "", "BLACKHOLE_PIDFILE": "/p"])
        #expect(configuration.policy.mode == .accept)
        #expect(configuration.origins.keys.map(\.name) == ["pid"])
    }

    @Test func `a server is stopped by the variables that it was started with`() throws {
        var configuration = Configuration()
        let faults = try configuration.applyControls(
            environment: ["BLACKHOLE_GRACE": "", "BLACKHOLE_PIDFILE": "/p"])
        #expect(faults.isEmpty)
        #expect(configuration.pidPath == "/p")
    }
}
