import BlackholeConsole
import BlackholeHTTP
import BlackholePipeline
import Foundation
import Testing

@Suite struct `A path of the console` {
    let server = FakeServer(rules: "mail -> 450")

    /// The paths of the API, with `x` for each `{name}`.
    static let paths = Console.paths.keys.sorted().map { path in
        path.split(separator: "/").map { $0.first == "{" ? "x" : String($0) }
            .reduce("") { "\($0)/\($1)" }
    }

    @Test(arguments: [
        "//", "//api/rules", "/api//rules", "/api/rules//", "/api%2frules", "/api/rules%2F1",
        "/api/../rules", "/api/%2e%2e/rules", "/./api/rules", "/api/rules%00", "/api/%5crules",
    ])
    func `is refused where it may be read in two ways`(_ path: String) throws {
        for method in ["GET", "PUT", "DELETE"] {
            #expect(try server.ask(method, path).status == 400, "\(method)")
        }
    }

    @Test func `is decoded once`() throws {
        #expect(try server.ask("GET", "/%61pi/cursor").status == 200)
        #expect(try server.ask("GET", "/%2561pi/cursor").status == 404)
        #expect(try server.ask("GET", "/%61pi/cursor", ["Origin": "null"]).status == 403)
    }

    @Test(arguments: [
        "/api", "/api/", "/api/rules/", "/api/nothing", "/API/rules", "/main.js/", "/index",
        "/api/v2/messages", "/api/sessions/x", "/api/messages/x", "/livez;/api/rules",
    ])
    func `answers 404 in JSON where there is nothing`(_ path: String) throws {
        let reply = try server.ask("GET", path)
        #expect(reply.status == 404)
        #expect(reply.fields["content-type"] == "application/json")
        #expect(reply.json.names == ["error"])
        #expect(reply.json["error"]?.string?.isEmpty == false)
    }

    @Test(arguments: [
        "/api/v1/nothing", "/api/v1/message/x", "/api/v1/message/x/raw", "/api/v1/message/x/part/1",
        "/api/v1/message/x/headers", "/api/v1/message/latest", "/view/x.html", "/view/latest.txt",
    ])
    func `of Mailpit's answers 404 as Mailpit does`(_ path: String) throws {
        let reply = try server.ask("GET", path)
        #expect(reply.status == 404)
        #expect(reply.fields["content-type"] == "text/plain; charset=utf-8")
        #expect(reply.body == "404 page not found")
    }

    @Test(arguments: paths) func `gives HEAD what GET gives, without a body`(_ path: String) throws
    {
        guard !["/api/wait", "/api/events"].contains(path) else { return }
        var browser = Browser(server)
        browser.loopback.send("GET \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n")
        let get = Browser.replies(in: browser.loopback.takeOutput(), toHead: false)
        browser.loopback.send("HEAD \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n")
        let output = browser.loopback.takeOutput()
        let head = try #require(Browser.replies(in: output, toHead: true).first)
        #expect(output.hasSuffix("\r\n\r\n"))
        #expect(head.status == get.first?.status)
        for name in ["content-type", "content-length"] {
            #expect(head.fields[name] == get.first?.fields[name])
        }
        #expect((head.fields["content-length"] != nil) == (head.status != 204))
    }

    @Test(arguments: Console.paths.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    func `says which methods it takes to any other`(
        _ path: String, _ methods: [String]
    ) throws {
        let all = methods.flatMap { $0 == "GET" ? ["GET", "HEAD"] : [$0] }
        for method in ["GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS", "PATCH", "TRACE", "X"] {
            guard !all.contains(method) else { continue }
            let reply = try server.ask(
                method, path.replacing("{", with: "").replacing("}", with: ""))
            #expect(reply.status == 405, "\(method)")
            #expect(reply.fields["allow"] == all.joined(separator: ", "))
        }
    }

    @Test func `is the page's, or one of its files`() throws {
        let page = try server.ask("GET", "/")
        #expect(page.fields["content-type"] == "text/html; charset=utf-8")
        #expect(page.body.hasPrefix("<!DOCTYPE html>"))
        #expect(try server.ask("GET", "/index.html").status == 404)
        let types = [
            "/main.js": "text/javascript; charset=utf-8", "/style.css": "text/css; charset=utf-8",
            "/icon.svg": "image/svg+xml; charset=utf-8",
        ]
        for (path, type) in types {
            #expect(try server.ask("GET", path).fields["content-type"] == type)
        }
        #expect(try server.ask("GET", "/favicon.ico").status == 204)
        for path in ["/", "/main.js", "/style.css", "/icon.svg"] {
            let fields = try server.ask("GET", path).fields
            #expect(
                fields["content-security-policy"] == "default-src 'none'; script-src 'self'; "
                    + "style-src 'self'; connect-src 'self'; img-src 'self' data:; "
                    + "frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
            )
            #expect(fields["cache-control"] == "no-cache")
        }
    }

    @Test func `is one of a page that has less than 60 KB`() throws {
        let page = try server.ask("GET", "/").body
        let imports = try server.ask("GET", "/main.js").body
        #expect(page.contains("main.js") && imports.contains("from \"./"))
        let files = try FileManager.default.contentsOfDirectory(
            atPath: `Cases that broke other consoles`.folder
                .appending(path: "../../Sources/Console/Page").path)
        #expect(files.count > 20)
        let sizes = try files.map { name in
            let path = name == "index.html" ? "/" : "/\(name)"
            let reply = try server.ask("GET", path, ["Accept-Encoding": "gzip"])
            #expect(reply.status == 200)
            return try #require(reply.fields["content-length"].flatMap { Int($0) })
        }
        #expect(sizes.reduce(0, +) < 60_000)
    }

    @Test func `that is only asked for changes nothing but the mark of who has read`() throws {
        let id = server.mail()
        let tag = try server.ask("GET", "/api/rules").fields["etag"]
        let entries = try server.ask("GET", "/api/messages").json
        for path in Console.paths.keys where !["/api/wait", "/api/events"].contains(path) {
            let target = path.replacing("{id}", with: id).replacing("{part}", with: "0")
                .replacing("{name}", with: "\(id).txt")
            _ = try server.ask("GET", target + (path == "/api/v1/search" ? "?query=x" : ""))
        }
        #expect(try server.ask("GET", "/api/rules").fields["etag"] == tag)
        #expect(try server.ask("GET", "/api/messages").json == entries)
        #expect(try server.ask("GET", "/api/v1/messages").json["unread"] == 0)
    }

    @Test func `refuses in JSON, and Mailpit's in plain text`() throws {
        let server = FakeServer {
            $0.credentials = ConsoleCredentials(user: "me", password: "secret")
        }
        for path in ["/api/rules", "/api/events", "/", "/nothing"] {
            #expect(try server.ask("GET", path).json.names == ["error"])
            #expect(try server.ask("GET", path, ["Origin": "null"]).json.names == ["error"])
        }
        for path in ["/api/v1/messages", "/view/x.html"] {
            let reply = try server.ask("GET", path)
            #expect(reply.status == 401)
            #expect(reply.fields["content-type"] == "text/plain; charset=utf-8")
        }
    }

    @Test func `is compressed for who takes that, and a stream is not`() throws {
        let fields = ["Accept-Encoding": "gzip"]
        #expect(try server.ask("GET", "/main.js", fields).fields["content-encoding"] == "gzip")
        #expect(try server.ask("GET", "/api/events", fields).fields["content-encoding"] == nil)
    }

    @Test func `has the same bytes in each run`() throws {
        let members = (0..<50).map { ("n\($0)", JSON.integer($0)) }
        let json = JSON.object(Dictionary(uniqueKeysWithValues: members))
        let names = members.map(\.0).sorted().map { "\"\($0)\":\($0.dropFirst())" }
        #expect(json.text == Array("{\(names.joined(separator: ","))}".utf8))
    }

    @Test func `that changes something is open to curl, whatever type it says`() throws {
        for type in ["application/x-www-form-urlencoded", "text/plain", "application/json", "x"] {
            let fields = ["Content-Type": type]
            #expect(try server.ask("PUT", "/api/rules", fields, "mail -> 451").status == 200)
            #expect(try server.ask("POST", "/api/explain", fields, "mail").status == 200)
            let body = #"{"IDs": ["x"]}"#
            #expect(try server.ask("DELETE", "/api/v1/messages", fields, body).status == 200)
        }
    }
}
