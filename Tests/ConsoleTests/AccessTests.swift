import BlackholeConsole
import BlackholeHTTP
import BlackholePipeline
import Testing

@Suite struct `Access to the console` {
    static let foreign = "https://front.example"

    let server = FakeServer { settings in
        settings.names = ["Console.Example"]
        settings.origins = [foreign]
    }

    @Test(arguments: [
        "localhost", "LOCALHOST:8025", "127.0.0.1", "192.0.2.7:80", "[::1]", "[2001:db8::1]:8025",
        "console.example", "CONSOLE.example:8025",
    ])
    func `is given by names of our own`(_ host: String) throws {
        #expect(try server.ask("GET", "/api/server", ["Host": host]).status == 200)
    }

    @Test(arguments: [
        "evil.example", "console.example.evil", "localhost.", "127.0.0.1.nip.io", "127.1",
        "0x7f000001", "[::1", "[::1]x", "[127.0.0.1]", "localhost:x", "localhost:80:80",
        "unix:/tmp/x", "::1", "[fe80::1%lo]",
    ])
    func `is refused by any other name`(_ host: String) throws {
        let status = try server.ask("GET", "/api/server", ["Host": host]).status
        #expect([400, 421].contains(status), "\(status)")
    }

    @Test func `is given by any name where all are allowed`() throws {
        let server = FakeServer { $0.names = ["*"] }
        #expect(try server.ask("GET", "/api/server", ["Host": "evil.example"]).status == 200)
        #expect(try server.ask("GET", "/api/server", ["Host": "a:b:c"]).status == 421)
    }

    @Test func `is decided before the path is looked at`() throws {
        for path in ["/", "/nothing", "/livez", "/metrics", "/main.js", "/%61pi/rules"] {
            #expect(try server.ask("GET", path, ["Host": "evil.example"]).status == 421)
            #expect(try server.ask("GET", path, ["Origin": "http://evil.example"]).status == 403)
            #expect(try server.ask("X", path, ["Sec-Fetch-Site": "cross-site"]).status == 403)
            #expect(try server.ask("GET", "http://evil.example\(path)").status == 421)
        }
    }

    @Test func `has one Authorization`() {
        var browser = Browser(server)
        browser.loopback.send(
            "GET / HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic YTpi\r\n"
                + "Authorization: Basic YTpi\r\n\r\n")
        #expect(browser.loopback.takeOutput().hasPrefix("HTTP/1.1 400 "))
    }

    @Test(arguments: ["GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD", "PATCH"])
    func `is refused to pages of other sites, whatever they ask`(_ method: String) throws {
        for origin in [
            "null", "http://evil.example", "http://localhost:3000", "localhost", "http://localhos",
            "\(Self.foreign).evil.example", "http://front.example", "",
        ] {
            let reply = try server.ask(method, "/api/rules", ["Origin": origin])
            #expect(reply.status == 403, "\(origin)")
            #expect(reply.fields["access-control-allow-origin"] == nil)
        }
        for site in ["cross-site", "same-site", "nonsense"] {
            #expect(
                try server.ask(method, "/api/rules", ["Sec-Fetch-Site": site]).status == 403)
        }
    }

    @Test func `is given to the page and to programs`() throws {
        for fields in [
            [:], ["Origin": "http://localhost"], ["Origin": "https://localhost"],
            ["Sec-Fetch-Site": "same-origin"], ["Sec-Fetch-Site": "none"],
            ["Origin": "http://LOCALHOST:8025".lowercased(), "Host": "localhost:8025"],
        ] {
            #expect(try server.ask("GET", "/api/rules", fields).status == 200, "\(fields)")
        }
    }

    @Test func `shows the page, and no more, to who follows a link`() throws {
        let fields = ["Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"]
        #expect(try server.ask("GET", "/", fields).status == 200)
        #expect(try server.ask("GET", "/api/rules", fields).status == 403)
        #expect(try server.ask("POST", "/", fields).status == 403)
        #expect(try server.ask("GET", "/", ["Sec-Fetch-Site": "cross-site"]).status == 403)
    }

    @Test func `is shared with an origin that is configured`() throws {
        let fields = ["Origin": Self.foreign, "Sec-Fetch-Site": "cross-site"]
        let reply = try server.ask("GET", "/api/server", fields)
        #expect(reply.status == 200)
        #expect(reply.fields["access-control-allow-origin"] == Self.foreign)
        #expect(reply.fields["vary"] == "origin")
        let preflight = try server.ask("OPTIONS", "/api/rules", fields)
        #expect(preflight.status == 204)
        #expect(preflight.fields["access-control-allow-methods"] == "GET, HEAD, PUT, POST")
        #expect(preflight.fields["access-control-allow-origin"] == Self.foreign)
    }

    @Test func `needs the password where there is one`() throws {
        let server = FakeServer { settings in
            settings.credentials = ConsoleCredentials(user: "ann", password: "se:cret")
        }
        // ann:se:cret, ann:se:cre, ann:se:crets, Ann:se:cret, nothing.
        let right = "YW5uOnNlOmNyZXQ="
        for wrong in ["YW5uOnNlOmNyZQ==", "YW5uOnNlOmNyZXRz", "QW5uOnNlOmNyZXQ=", "", "=", "%%%"] {
            let reply = try server.ask("GET", "/", ["Authorization": "Basic \(wrong)"])
            #expect(reply.status == 401)
            #expect(reply.fields["www-authenticate"]?.hasPrefix("Basic realm=") == true)
        }
        for path in ["/", "/nothing", "/metrics", "/api/events", "/main.js"] {
            #expect(try server.ask("GET", path).status == 401)
        }
        #expect(try server.ask("GET", "/", ["Authorization": "basic \(right)"]).status == 200)
        #expect(try server.ask("GET", "/", ["Authorization": "Bearer \(right)"]).status == 401)
        #expect(try server.ask("GET", "/livez").status == 200)
        #expect(try server.ask("GET", "/readyz").status == 200)
        // A browser sends it along with what another site has it ask.
        let fields = ["Authorization": "Basic \(right)", "Origin": "http://evil.example"]
        #expect(try server.ask("DELETE", "/api/v1/messages", fields).status == 403)
    }

    @Test(arguments: Console.paths.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    func `changes nothing where it is read-only`(_ path: String, _ methods: [String]) throws {
        let server = FakeServer(rules: "mail -> 450") { $0.isReadOnly = true }
        server.mail()
        for method in methods where method != "GET" {
            let status = try server.ask(method, path, [:], "{}").status
            let isHarmless = ["/api/check", "/api/explain"].contains(path)
            #expect(isHarmless ? [200, 400].contains(status) : status == 403, "\(method) \(path)")
        }
        _ = try server.ask("GET", "/api/v1/message/ID1")
        #expect(try server.ask("GET", "/api/v1/messages").json["unread"] == 1)
        #expect(try server.ask("GET", "/api/server").json["writable"] == false)
    }

    @Test func `may be to all but the rules`() throws {
        let server = FakeServer { $0.areRulesReadOnly = true }
        #expect(try server.ask("PUT", "/api/rules", [:], "").status == 403)
        #expect(try server.ask("PUT", "/api/v1/chaos", [:], "{}").status == 403)
        #expect(try server.ask("DELETE", "/api/v1/messages").status == 200)
    }

    @Test(arguments: ["/", "/main.js", "/api/server", "/livez", "/nothing", "/view/x.html"])
    func `gives browsers no more than they need`(_ path: String) throws {
        let fields = try server.ask("GET", path).fields
        #expect(fields["x-content-type-options"] == "nosniff")
        #expect(fields["referrer-policy"] == "no-referrer")
        #expect(fields["content-security-policy"]?.hasPrefix("default-src 'none'") == true)
        #expect(fields["cache-control"] != nil)
        #expect(fields["access-control-allow-origin"] == nil)
    }

    @Test func `says which methods a path takes`() throws {
        let reply = try server.ask("PATCH", "/api/rules")
        #expect(reply.status == 405)
        #expect(reply.fields["allow"] == "GET, HEAD, PUT, POST")
        #expect(try server.ask("OPTIONS", "/api/rules").status == 405)
        #expect(try server.ask("POST", "/api/v1/send", [:], "{}").status == 501)
    }
}
