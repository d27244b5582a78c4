import BlackholeGzip
import BlackholeHTTP
import BlackholePipeline
import Testing

@Suite struct `Accept-Encoding` {
    @Test(arguments: [
        (nil, false, false), ("", false, false), ("gzip", true, false), ("x-gzip", true, false),
        ("GZIP", true, false), ("deflate, gzip;q=1.0, *;q=0.5", true, false), ("*", true, false),
        ("*;q=0", false, false), ("gzip;q=0", false, false), ("gzip;q=0, *", false, false),
        ("gzip;q=0.001", true, false), ("gzip;q=0.000", false, false), ("br", false, false),
        ("gzip;q=0.5, identity", false, false), ("gzip, identity;q=0.5", true, false),
        ("gzip, identity;q=0", true, true), ("gzip;q=0.1, *;q=0", true, true),
        ("identity;q=0", false, false), ("*;q=0.5, identity;q=0", true, true),
        ("gzip ; q=0.5", true, false), ("gzip;q=2", false, false), ("gzip;q=0.1234", false, false),
        ("gzip;q=", false, false), ("gzip;q=1.001", false, false), ("gzip;x=1", false, false),
        (";q=1, gzip", true, false), ("gzip;q=0, gzip;q=1", true, false),
        ("gzip;q=1x", false, false),
    ])
    func `says whether a client takes gzip`(value: String?, prefers: Bool, needs: Bool) {
        var fields: HTTPFields = [:]
        if let value { fields.append("Accept-Encoding", value) }
        let codings = AcceptedCodings(fields)
        #expect(codings.prefersGzip == prefers)
        #expect(codings.needsGzip == needs)
    }

    @Test func `is one list however many fields it has`() {
        let codings = AcceptedCodings(
            ["accept-encoding": "identity;q=0", "Accept-Encoding": "gzip"])
        #expect(codings.needsGzip)
    }
}

@Suite struct `A compressed response` {
    private static let text = String(repeating: "the same again, ", count: 100)

    @Test func `is shorter, and says what it is`() throws {
        let response = try answer(.text(200, Self.text), to: "gzip")
        #expect(response.fields["content-encoding"] == "gzip")
        #expect(response.fields["vary"] == "accept-encoding")
        #expect(response.body.count < 100)
        #expect(response.body.starts(with: [0x1F, 0x8B, 8]))
        #expect(try answer(.text(200, Self.text), to: "gzip").body == response.body)
    }

    @Test func `is the whole response where the client takes no gzip`() throws {
        let response = try answer(.text(200, Self.text), to: "br")
        #expect(response.fields["content-encoding"] == nil)
        #expect(response.fields["vary"] == "accept-encoding")
        #expect(response.body == Array(Self.text.utf8))
    }

    @Test(arguments: [
        "text/html; charset=utf-8": true, "application/json": true, "image/svg+xml": true,
        "Application/Problem+JSON": true, "application/javascript;x=y": true,
        "image/png": false, "application/octet-stream": false, "": false,
    ])
    func `has a type that pays`(type: String, pays: Bool) throws {
        let response = HTTPResponse(200, ["content-type": type], body: Array(Self.text.utf8))
        let answered = try answer(response, to: "gzip")
        #expect((answered.fields["content-encoding"] == "gzip") == pays)
        #expect((answered.fields["vary"] != nil) == pays)
    }

    @Test func `has a kibibyte at least, unless the client takes nothing else`() throws {
        func coding(bytes: Int, to accepted: String) throws -> String? {
            let response = HTTPResponse.text(200, String(repeating: "a", count: bytes))
            return try answer(response, to: accepted).fields["content-encoding"]
        }
        #expect(try coding(bytes: 1023, to: "gzip") == nil)
        #expect(try coding(bytes: 1024, to: "gzip") == "gzip")
        #expect(try coding(bytes: 1, to: "gzip, identity;q=0") == "gzip")
        #expect(try coding(bytes: 0, to: "gzip, identity;q=0") == nil)
    }

    @Test func `is none where its bytes have a name or a coding already`() throws {
        for (name, value) in [("etag", "\"1\""), ("content-encoding", "br")] {
            var response = HTTPResponse.text(200, Self.text)
            response.fields.append(name, value)
            #expect(try answer(response, to: "gzip").body == response.body)
        }
        var response = HTTPResponse.text(200, Self.text)
        response.fields.append("etag", "W/\"1\"")
        #expect(try answer(response, to: "gzip").body != response.body)
    }

    @Test func `is left as it was where that is no longer`() throws {
        var random = RandomSource(seed: 1)
        let body = (0..<2000).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        let response = HTTPResponse(200, ["content-type": "text/plain"], body: body)
        let answered = try answer(response, to: "gzip")
        #expect(answered.body == body)
        #expect(answered.fields["content-encoding"] == nil)
    }

    /// The response as a responder gives it to a request of a client that takes such codings.
    private func answer(_ response: HTTPResponse, to accepted: String) throws -> HTTPResponse {
        let outcome = read(
            "GET / HTTP/1.1\r\nHost: x\r\nAccept-Encoding: \(accepted)\r\n\r\n")
        return response.compressed(for: try #require(outcome.requests.first))
    }
}
