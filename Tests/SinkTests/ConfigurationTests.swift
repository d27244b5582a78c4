import BlackholePipeline
import BlackholeRules
import BlackholeSMTP
import BlackholeSink
import Testing

struct ConfigurationTests {
    /// A configuration with what a file says.
    func configuration(file text: String) throws -> Configuration {
        var configuration = Configuration()
        try configuration.apply(try ConfigurationFile.assignments(of: text, at: "x.conf"))
        try configuration.check()
        return configuration
    }

    /// What is said of a file that is wrong.
    private func complaint(file text: String) -> String {
        do {
            _ = try configuration(file: text)
            return "nothing is wrong"
        } catch {
            return "\(error)"
        }
    }

    @Test func `the defaults are those of the original`() {
        let configuration = Configuration()
        #expect(configuration.hosts == ["0.0.0.0"])
        #expect(configuration.ports == [25])
        #expect(configuration.sslPorts == [465])
        #expect(configuration.pidPath == "/tmp/blackhole.pid")
        #expect(configuration.logPath == "/tmp/blackhole.log")
        #expect(configuration.user == nil)
        #expect(configuration.policy.mode == .accept)
        #expect(configuration.hasTLS)
        #expect(
            configuration.listeners.map { "\($0.address) \($0.isImplicitTLS)" }
                == ["0.0.0.0:25 false", "0.0.0.0:465 true"])
    }

    @Test func `the README's file is read as it stands there`() throws {
        let configuration = try configuration(
            file: """
                host="0.0.0.0" port=25 pid="/tmp/blackhole.io" mode="offline" \
                ssl_key=/etc/ssl/private/blackhole.io.key \
                ssl_cert=/etc/ssl/certs/blackhole.io.crt
                """)
        #expect(configuration.hosts == ["0.0.0.0"])
        #expect(configuration.ports == [25])
        #expect(configuration.pidPath == "/tmp/blackhole.io")
        #expect(configuration.policy.mode == .offline)
        #expect(configuration.keyPath == "/etc/ssl/private/blackhole.io.key")
        #expect(configuration.certificatePath == "/etc/ssl/certs/blackhole.io.crt")
    }

    @Test(arguments: [
        "mode=bounce", "mode = bounce", "mode= \"bounce\"", "mode ='bounce' # why", "mode=Bounce",
        "\u{FEFF}mode=bounce", "# mode=accept\r\nmode=bounce\r\n", "mode=accept mode=bounce",
        "\tmode=bounce\t", "port=26 mode=bounce", "mode=accept\n\n\nmode=bounce",
    ])
    func `a pair may be written in many ways`(text: String) throws {
        #expect(try configuration(file: text).policy.mode == .bounce)
    }

    @Test(arguments: ["\u{2028}", "\u{2029}", "\u{85}", "\u{B}", "\u{C}", "\u{1E}", "\r"])
    func `only a line feed ends a comment, so no hidden character smuggles a setting in`(
        character: String
    ) throws {
        let text = "# a\(character)mode=bounce"
        #expect(try configuration(file: text).policy.mode == .accept)
        #expect(try configuration(file: "listen=:25 \(text)").listeners[0].policy.mode == .accept)
        #expect(try configuration(file: text + "\r\nmode=random").policy.mode == .random)
        #expect(complaint(file: text + "\nmdoe=accept").hasPrefix("x.conf:2: 'mdoe' is "))
    }

    @Test func `a value may hold what looks like syntax`() throws {
        let configuration = try configuration(
            file: #"log="/tmp/a b=c #d" pid=/tmp/p#1 host_name='x"y'"#)
        #expect(configuration.logPath == "/tmp/a b=c #d")
        #expect(configuration.pidPath == "/tmp/p#1")
        #expect(configuration.hostName == "x\"y")
    }

    @Test func `lists go on behind a comma`() throws {
        let configuration = try configuration(
            file: "accept_codes = 250, 251, \"252\" port=1,2\nbounce_codes=rcpt:550,551")
        #expect(configuration.policy.acceptCodes == [.ok, .userNotLocal, .cannotVerify])
        #expect(configuration.ports == [1, 2])
        #expect(
            configuration.policy.bounceCodesByStage
                == [.rcpt: [.mailboxUnavailable, .userElsewhere]])
        #expect(configuration.policy.bounceCodes == ModeSettings.allBounceCodes)
    }

    @Test(
        arguments: [
            ("prot=25", "x.conf:1: 'prot' is no setting; did you mean port?"),
            ("\n\nmdoe=accept", "x.conf:3: 'mdoe' is no setting; did you mean mode?"),
            ("ssl_crt=x", "x.conf:1: 'ssl_crt' is no setting; did you mean ssl_cert?"),
            (
                "tls_dhparams=/x",
                "x.conf:1: 'tls_dhparams' is no setting; blackhole run --help lists them"
            ),
            ("xyzzy=1", "x.conf:1: 'xyzzy' is no setting; blackhole run --help lists them"),
            ("import os", "x.conf:1: 'import' is no setting; blackhole run --help lists them"),
            ("conf=/etc/x", "x.conf:1: conf: a file does not name another"),
            ("port", "x.conf:1: port has no value: port=port"),
            ("port=", "x.conf:1: port has no value"),
            ("port= # 25", "x.conf:1: port has no value"),
            ("port=65536", "x.conf:1: port: '65536' is no port: a number from 0 to 65535"),
            ("port=-1", "x.conf:1: port: '-1' is no port: a number from 0 to 65535"),
            ("port=+1", "x.conf:1: port: '+1' is no port: a number from 0 to 65535"),
            ("port='25", "x.conf:1: port: the quote ' is not closed"),
            ("mode=\"accept\"x", "x.conf:1: mode: a blank is missing behind the quote \""),
            (
                "mode=acept",
                "x.conf:1: mode: 'acept' is none of accept, bounce, random, unavailable, offline"
            ),
            ("ssl=maybe", "x.conf:1: ssl: 'maybe' is neither True nor False"),
            (
                "delay=3-1",
                "x.conf:1: delay: '3-1' is not a delay: seconds or least-most, up to 3600, such as "
                    + "2, 0.5-3 or 1m"
            ),
            ("workers=0", "x.conf:1: workers: '0' is not a number from 1 to 1024"),
            (
                "recipients_limit=99",
                "x.conf:1: recipients_limit: '99' is not a number from 100 to 1000000000; "
                    + "units are k for thousands, M for millions"
            ),
            (
                "idle_timeout=86401",
                "x.conf:1: idle_timeout: '86401' is not a time in seconds from 1 to 86400; units are "
                    + "s, m, h"
            ),
            (
                "message_size_limit=x",
                "x.conf:1: message_size_limit: 'x' is not a size in bytes from 0 up; units are k, M, "
                    + "G or KiB, MiB, GiB, as powers of 1024"
            ),
            (
                "accept_ratio=1.1",
                "x.conf:1: accept_ratio: '1.1' is no ratio: a number from 0 to 1, such as 0.1"
            ),
            (
                "accept_codes=354",
                "x.conf:1: accept_codes: '354' is none of the codes 250,251,252,253"
            ),
            ("user='a b'", "x.conf:1: user: 'a b' is not one word"),
            ("host=", "x.conf:1: host has no value"),
            ("listen=127.0.0.1", "x.conf:1: listen: '127.0.0.1' has no port: [address]:port"),
            (
                "listen=:25 speed=2",
                "x.conf:1: listen: 'speed=2' is none of the flags mode=, delay=, stage=, rule="
            ),
            ("listen=:25 delay=5,10", "x.conf:1: listen: '10' has no port: [address]:port"),
            ("ssl_key=/x", "x.conf:1: ssl_key: goes with ssl_cert, which is not set"),
            ("port=25,25", "x.conf:1: port: 0.0.0.0:25 is listed twice"),
            ("listen=:1\ntls_listen=:1", "x.conf:2: tls_listen: 0.0.0.0:1 is listed twice"),
            (
                "listen=[::1]:1\nlisten=0:0:0:0:0:0:0:1:1",
                "x.conf:2: listen: [0:0:0:0:0:0:0:1]:1 is listed twice"
            ),
            ("listen=unix:/x, unix://./x", "x.conf:1: listen: unix://./x is listed twice"),
            ("port=1\nhost=unix:@x,unix:@x", "x.conf:2: host: unix:@x is listed twice"),
            ("host=LocalHost,localhost", "x.conf:1: host: localhost:25 is listed twice"),
            ("ssl=no tls_listen=:1", "x.conf:1: tls_listen: goes with ssl=True"),
        ] as [(String, String)])
    func `what is wrong is said with its line`(text: String, complaint: String) {
        #expect(self.complaint(file: text) == complaint)
    }

    @Test(arguments: ["True", "true", "yes", "ON", "1"])
    func `a boolean may be true`(text: String) throws {
        #expect(try configuration(file: "lenient=\(text)").isLenient)
    }

    @Test(arguments: ["False", "false", "no", "OFF", "0"])
    func `a boolean may be false`(text: String) throws {
        #expect(try configuration(file: "ssl=\(text)").hasTLS == false)
    }

    @Test(
        arguments: [
            ("10M", 10 << 20), ("10m", 10 << 20), ("500k", 500 << 10), ("2G", 2 << 30), ("0k", 0),
            ("9007199254740991k", 9_007_199_254_740_991 << 10),
        ] as [(String, Int)])
    func `a size may have a unit, a power of 1024`(text: String, bytes: Int) throws {
        let limits = try configuration(file: "message_size_limit=\(text)").limits
        #expect(limits.maximumMessageSize == bytes)
    }

    @Test func `a count may be in thousands or millions, a time in seconds, minutes or hours`()
        throws
    {
        let configuration = try configuration(
            file: """
                connections_limit=500k messages_limit=2M recipients_limit=1K
                idle_timeout=90s content_timeout=2m handshake_timeout=1M session_timeout=24h
                grace=1m rates=0h delay=0.5m-1h
                """)
        #expect(configuration.quota.maximumConnections == 500_000)
        #expect(configuration.limits.maximumMessages == 2_000_000)
        #expect(configuration.limits.maximumRecipients == 1_000)
        #expect(configuration.limits.idle == .seconds(90))
        #expect(configuration.limits.contentIdle == .seconds(120))
        #expect(configuration.handshake == .seconds(60))
        #expect(configuration.limits.session == .seconds(86_400))
        #expect(configuration.grace == .seconds(60))
        #expect(configuration.ratesInterval == .zero)
        #expect(configuration.policy.delay == DelayRange(.seconds(30), .seconds(3_600)))
    }

    @Test(arguments: [
        "message_size_limit=9007199254740992k", "message_size_limit=9223372036854775807G",
        "message_size_limit=M", "message_size_limit=1.5M", "message_size_limit=10MB",
        "message_size_limit=10s", "message_size_limit=-1k", "message_size_limit=1kk",
        "message_size_limit=10\u{212A}", "message_size_limit=10\u{600}k", "connections_limit=2G",
        "connections_limit=1000001k",
        "idle_timeout=25h", "idle_timeout=0m", "idle_timeout=5k", "delay=2h", "delay=m",
        "workers=1k", "seed=1k", "accept_ratio=1m", "port=1k",
    ])
    func `a unit that a number cannot have, or a product out of bounds, is refused`(text: String) {
        #expect(complaint(file: text).contains(" is n"))
    }

    @Test func `later sources win, and replace lists`() throws {
        var configuration = Configuration()
        try configuration.apply([
            Assignment("port", "1", from: .environment),
            Assignment("port", "2", from: .environment),
            Assignment("mode", "bounce", from: .environment),
        ])
        #expect(configuration.ports == [1, 2])
        try configuration.apply([
            Assignment("port", "3", from: .option), Assignment("port", "4,5", from: .option),
        ])
        #expect(configuration.ports == [3, 4, 5])
        #expect(configuration.policy.mode == .bounce)
        try configuration.apply(try ConfigurationFile.assignments(of: "port=6", at: "x"))
        #expect(configuration.ports == [6])
        #expect(configuration.origins["port"] == .file("x", line: 1))
        #expect(configuration.origins["mode"] == .environment)
    }

    @Test(
        arguments: [
            (Origin.option, "--port: 'x' is no port: a number from 0 to 65535", true),
            (.environment, "BLACKHOLE_PORT: 'x' is no port: a number from 0 to 65535", false),
        ] as [(Origin, String, Bool)])
    func `an error names its source`(origin: Origin, text: String, isUsage: Bool) {
        #expect {
            var configuration = Configuration()
            try configuration.apply([Assignment("port", "x", from: origin)])
        } throws: { error in
            guard let error = error as? ConfigurationError else { return false }
            return error.description == text && error.isUsage == isUsage
        }
    }

    @Test func `the names of later versions are known`() throws {
        let configuration = try configuration(
            file: "pidfile=/p\ntls_cert=/c\ntls_key=/k\ntimeout=9\nmax_message_size=8")
        #expect(configuration.pidPath == "/p")
        #expect(configuration.certificatePath == "/c")
        #expect(configuration.keyPath == "/k")
        #expect(configuration.limits.idle == .seconds(9))
        #expect(configuration.limits.maximumMessageSize == 8)
    }
}
