import BlackholeRules
import BlackholeSink
import Testing

@Suite struct `The settings of the console` {
    /// A configuration with what a file says.
    private func configuration(_ text: String) throws -> Configuration {
        var configuration = Configuration()
        try configuration.apply(try ConfigurationFile.assignments(of: text, at: "x"))
        try configuration.check()
        return configuration
    }

    private func console(_ text: String) throws -> ConsoleOptions {
        try configuration(text).console
    }

    /// What is said of a file that is wrong.
    private func complaint(_ text: String) -> String {
        do {
            _ = try configuration(text)
            return "nothing is wrong"
        } catch {
            return "\(error)"
        }
    }

    @Test func `serve nothing by default`() throws {
        let options = ConsoleOptions()
        #expect(!options.isServed)
        #expect(options.effectiveKeep == 0)
        #expect(options.user == nil && options.passwordPath == nil)
        #expect(!options.hasTLS && !options.isOpen && options.isReadOnly == nil)
        #expect(options.names.isEmpty && options.origins.isEmpty && options.domains.isEmpty)
        #expect(options.keepBytes == 64 * 1024 * 1024)
        #expect(options.sessions == 1000)
        #expect(options.keepsTranscripts)
        #expect(options.addressesPath == nil)
        #expect(Configuration().healthPeers.isEmpty)
        #expect(Configuration().consoleText == nil)
    }

    @Test(arguments: [
        ("http", "none"), ("http_user", "none"), ("http_password_file", "none"),
        ("http_tls", "False"), ("http_names", "none"), ("http_origin", "none"),
        ("http_open", "False"), ("health_peers", "none"), ("metrics_domains", "none"),
        ("keep", "100 with http, otherwise 0"), ("keep_bytes", "64MiB"), ("sessions", "1000"),
        ("transcripts", "True"), ("addresses", "none"),
    ])
    func `have defaults that the help gives`(_ name: String, _ text: String) {
        #expect(Setting(named: name)?.defaultText == text)
    }

    @Test func `keep 100 messages where there is a console, unless they say otherwise`() throws {
        #expect(try console("http=127.0.0.1:1").effectiveKeep == 100)
        #expect(try console("http=127.0.0.1:1 keep=0").effectiveKeep == 0)
        #expect(try console("http=127.0.0.1:1 keep=1000000").effectiveKeep == 1_000_000)
        #expect(try console("keep=5").effectiveKeep == 0)
    }

    @Test(arguments: [
        ("64MiB", 64 << 20), ("64M", 64 << 20), ("64mib", 64 << 20), ("10KiB", 10 << 10),
        ("1GiB", 1 << 30), ("0", 0), ("1000", 1000),
    ])
    func `take sizes with units`(_ text: String, _ bytes: Int) throws {
        #expect(try console("http=127.0.0.1:1 keep_bytes=\(text)").keepBytes == bytes)
    }

    @Test(arguments: [
        ("http=127.0.0.1:8025", "127.0.0.1:8025"), ("http=127.9.9.9:1", "127.9.9.9:1"),
        ("http=[::1]:1", "[::1]:1"), ("http=localhost:1", "localhost:1"),
        ("http=unix:/run/http", "unix:/run/http"),
    ])
    func `need no password where only this machine reaches it`(
        _ text: String, _ place: String
    ) throws {
        let configuration = try configuration(text)
        #expect(configuration.console.isServed && configuration.console.canChangeRules)
        #expect(configuration.warnings == [])
        #expect(configuration.consoleText?.contains(place) == true)
        #expect(configuration.consoleText?.contains("rules can be changed") == true)
    }

    @Test(arguments: [
        "0.0.0.0:1", "[::]:1", "192.0.2.1:1", "host.example:1", ":1", "127.0.0.1:1,10.0.0.1:1",
    ])
    func `need a password where other machines reach it`(_ places: String) throws {
        #expect(complaint("http=\(places)").contains("can be reached from other machines"))
        let guarded = try configuration("http=\(places) http_user=me http_password_file=/p")
        #expect(guarded.console.canChangeRules)
        #expect(
            guarded.warnings.contains { $0.contains("the password goes over the network in clear") }
        )
        let secured = try configuration(
            "http=\(places) http_user=me http_password_file=/p http_tls=True")
        #expect(secured.warnings == [])
    }

    @Test(arguments: [
        ("", false), ("http_read_only=True", false), ("http_read_only=False", true),
    ])
    func `let nobody change rules where all may come, unless they say so`(
        _ text: String, _ canChange: Bool
    ) throws {
        let configuration = try configuration("http=0.0.0.0:1 http_open=True \(text)")
        #expect(configuration.console.canChangeRules == canChange)
        #expect(configuration.warnings.contains { $0.contains("anybody who reaches 0.0.0.0:1") })
    }

    @Test func `close all to writers where they are read-only`() throws {
        let options = try console("http=127.0.0.1:1 http_read_only=yes")
        #expect(options.isReadOnly == true && options.areRulesReadOnly)
    }

    @Test func `take lists`() throws {
        let options = try console(
            """
            http=127.0.0.1:1,[::1]:2,unix:/x http_names=a.example,b.example
            http_origin=https://a.example,http://b.example:8080 metrics_domains=a.example,b.example
            """)
        #expect(options.places.count == 3)
        #expect(options.names == ["a.example", "b.example"])
        #expect(options.origins == ["https://a.example", "http://b.example:8080"])
        #expect(options.domains == ["a.example", "b.example"])
        let peers = try configuration("health_peers=10.0.0.5,192.0.2.0/24,2001:db8::/32")
            .healthPeers
        #expect(peers.map(\.description) == ["10.0.0.5", "192.0.2.0/24", "2001:db8::/32"])
    }

    @Test func `allow any name only with a password, or where all may come`() throws {
        let http = "http=127.0.0.1:1 http_names=*"
        #expect(complaint(http).contains("http_names: * goes with http_user, or with http_open"))
        #expect(try console("\(http) http_open=True").names == ["*"])
        #expect(try console("\(http) http_user=me http_password_file=/p").names == ["*"])
    }

    @Test(arguments: [
        ("keep=-1", "keep: '-1' is not a number from 0 to 1000000"),
        ("keep=1000001", "keep: '1000001' is not a number from 0 to 1000000"),
        ("keep=x", "keep: 'x' is not a number from 0 to 1000000"),
        ("sessions=100001", "sessions: '100001' is not a number from 0 to 100000"),
        ("keep_bytes=64MB", "keep_bytes: '64MB' is not a size in bytes from 0 up"),
        ("keep_bytes=-1", "keep_bytes: '-1' is not a size in bytes from 0 up"),
        ("transcripts=maybe", "transcripts: 'maybe'"), ("http_tls=maybe", "http_tls: 'maybe'"),
        ("http_read_only=maybe", "http_read_only: 'maybe'"),
        ("http_open=maybe", "http_open: 'maybe'"),
        ("http=127.0.0.1", "http: '127.0.0.1' has no port"),
        ("http=127.0.0.1:99999", "http: '99999' is no port"),
        ("http=127.0.0.1:1,127.0.0.1:1", "http: 127.0.0.1:1 is listed twice"),
        ("http=127.0.0.1:26 listen=127.0.0.1:26", "http: 127.0.0.1:26 is listed twice"),
        ("http='127.0.0.1:1 mode=bounce'", "http: '127.0.0.1:1 mode=bounce' has flags"),
        ("http_user=a:b", "http_user: 'a:b' has a colon"),
        ("http=127.0.0.1:1 http_user=me", "http_user: goes with http_password_file"),
        ("http=127.0.0.1:1 http_password_file=/p", "http_password_file: goes with http_user"),
        ("http=127.0.0.1:1 http_tls=True ssl=False", "http_tls: goes with ssl=True"),
        ("http_origin=a.example", "http_origin: 'a.example' is not an origin"),
        ("http_origin=https://a.example/", "http_origin: 'https://a.example/' is not an origin"),
        ("http_origin=null", "http_origin: 'null' is not an origin"),
        ("health_peers=10.0.0.0/33", "health_peers: '10.0.0.0/33' is not a network"),
        ("health_peers=a.example", "health_peers: 'a.example' is not a network"),
    ])
    func `say what is wrong in a line`(_ text: String, _ complaint: String) {
        #expect(self.complaint(text).contains(": \(complaint)"), "\(self.complaint(text))")
    }

    @Test func `give the console's socket to a user and a group`() throws {
        #expect(try configuration("http=unix:/x socket_user=me socket_group=us").warnings == [])
        #expect(try configuration("http=unix:@x socket_user=me").warnings.count == 1)
    }

    @Test(arguments: [
        "http_user=me http_password_file=/p", "http_read_only=True", "http_names=a.example",
        "http_origin=https://a.example", "metrics_domains=a.example", "keep=5", "keep_bytes=1M",
        "sessions=5", "transcripts=False", "http_open=True",
    ])
    func `warn where there is no console`(_ text: String) throws {
        let names = text.split(separator: " ").compactMap { $0.split(separator: "=").first }
        #expect(
            try configuration(text).warnings
                == names.map { "x:1: \($0): has no effect without http" })
    }
}
