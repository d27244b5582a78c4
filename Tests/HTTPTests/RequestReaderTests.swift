import BlackholePipeline
import Testing

import BlackholeHTTP

@Suite struct `The reader of requests` {
    @Test func `reads a request line, fields and a query`() throws {
        let request = try #require(
            read(
                "GET /api/a%20b?to=a+x@b.example&n=%2B1 HTTP/1.1\r\nHost: localhost\r\nA:  b c \r\n\r\n"
            )
            .requests.first)
        #expect(request.method == "GET")
        #expect(request.target.path == "/api/a b")
        #expect(
            request.target.query.map { "\($0.name)=\($0.value)" } == ["to=a+x@b.example", "n=+1"])
        #expect(request.target.query.map(\.text) == ["a x@b.example", "+1"])
        #expect(request.host == "localhost")
        #expect(request.fields["a"] == "b c")
        #expect(request.keepsAlive)
    }

    @Test(arguments: [1, 2, 3, 7, 1000])
    func `reads the same however the bytes arrive`(size: Int) {
        let bytes = """
            POST /one HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello\
            POST /two HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\
            3;x=y\r\nabc\r\n00002\r\nde\r\n0\r\nTrailer: x\r\n\r\n\r\n\
            GET /three HTTP/1.0\r\n\r\n
            """
        let outcome = read(bytes, inPiecesOf: size)
        #expect(outcome.requests.map(\.target.path) == ["/one", "/two", "/three"])
        #expect(
            outcome.requests.map { String(decoding: $0.body, as: UTF8.self) } == [
                "hello", "abcde", "",
            ])
        #expect(outcome.requests.map(\.keepsAlive) == [true, true, false])
        #expect(outcome.refusal == nil)
    }

    @Test(arguments: [
        "GET  / HTTP/1.1\r\nHost: a\r\n\r\n": 400,
        "GET / HTTP/1.1 \r\nHost: a\r\n\r\n": 400,
        "GET /\r\nHost: a\r\n\r\n": 400,
        "GET / HTTP/1.1\nHost: a\n\n": 400,
        "GET / HTTP/2.0\r\nHost: a\r\n\r\n": 505,
        "GET / HTTP/11.1\r\nHost: a\r\n\r\n": 400,
        "GET / http/1.1\r\nHost: a\r\n\r\n": 400,
        "GET / HTTP/1.1\r\n\r\n": 400,
        "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n": 400,
        "GET / HTTP/1.1\r\nHost: a#b\r\n\r\n": 400,
        "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n": 400,
        "GET / HTTP/1.1\r\nHost: a b\r\n\r\n": 400,
        "GET http://a@b/ HTTP/1.1\r\nHost: b\r\n\r\n": 400,
        "GET / HTTP/1.1\r\nHost: a\r\nAuthorization: b\r\nAuthorization: b\r\n\r\n": 400,
        "GET / HTTP/1.1\r\nHost: a\r\nA : b\r\n\r\n": 400,
        "GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n": 400,
        "GET / HTTP/1.1\r\nHost: a\r\nA: b\r\n c\r\n\r\n": 400,
        "GET / HTTP/1.1\r\nHost: a\r\nA: b\rc\r\n\r\n": 400,
        "GET / HTTP/1.1\r\nHost: a\r\nA: b\0c\r\n\r\n": 400,
        "GET / HTTP/1.1\r\nHost: a\r\nA\r\n\r\n": 400,
        "GET /a\u{e9} HTTP/1.1\r\nHost: a\r\n\r\n": 400,
        "GET a HTTP/1.1\r\nHost: a\r\n\r\n": 400,
        "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n": 501,
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nContent-Length: 4\r\n\r\nabcd": 400,
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4, 4\r\n\r\nabcd": 400,
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +4\r\n\r\nabcd": 400,
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x4\r\n\r\nabcd": 400,
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n": 400,
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n":
            400,
        "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n": 400,
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n": 501,
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \u{b}chunked\r\n\r\n": 400,
        "POST / HTTP/1.1\r\nHost: a\r\nExpect: 200-ok\r\n\r\n": 417,
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n-3\r\nabc\r\n": 400,
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3 x\r\nabc\r\n": 400,
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\nabc\r\n": 400,
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n": 400,
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n": 413,
        "\u{16}\u{3}\u{1}": 400,
        "EHLO client.example\r\n": 400,
    ])
    func `refuses what is malformed or may be read in two ways`(text: String, status: UInt16) {
        #expect(read(text).refusal?.code == status, "\(text)")
        #expect(read(text, inPiecesOf: 1).refusal?.code == status)
    }

    @Test(arguments: [
        "/a/../b", "/a/./b", "/..", "/a%2fb", "/a%5Cb", "/%00", "/a%0d%0ab", "/%2e%2e/a",
        "/%zz",
        "/%", "/%c3", "/a?x=%", "*",
    ])
    func `refuses a target that may be understood in two ways`(target: String) {
        #expect(read("GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n").refusal?.code == 400)
    }

    @Test(arguments: ["http", "HTTP", "https"])
    func `takes an absolute target, whose host counts`(scheme: String) throws {
        let request = try #require(
            read("GET \(scheme)://good.example:80?q HTTP/1.1\r\nHost: other\r\n\r\n").requests.first
        )
        #expect(request.host == "good.example:80")
        #expect(request.target.path == "/")
    }

    @Test func `holds each bound to the byte`() {
        func request(line: Int) -> String {
            "GET /\(String(repeating: "a", count: line - 16)) HTTP/1.1\r\nHost: a\r\n\r\n"
        }
        #expect(read(request(line: 8 * 1024)).refusal == nil)
        #expect(read(request(line: 8 * 1024 + 1)).refusal?.code == 414)
        func request(head: Int) -> String {
            let start = "GET / HTTP/1.1\r\nHost: a\r\nA: "
            return start + String(repeating: "b", count: head - start.utf8.count - 4) + "\r\n\r\n"
        }
        #expect(read(request(head: 16 * 1024)).refusal == nil)
        #expect(read(request(head: 16 * 1024 + 1)).refusal?.code == 431)
        #expect(read(request(head: 16 * 1024 + 1), inPiecesOf: 1000).refusal?.code == 431)
        func request(fields: Int) -> String {
            "GET / HTTP/1.1\r\nHost: a\r\n" + String(repeating: "A: b\r\n", count: fields - 1)
                + "\r\n"
        }
        #expect(read(request(fields: 100)).refusal == nil)
        #expect(read(request(fields: 101)).refusal?.code == 431)
        func request(chunkLine: Int) -> String {
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0;"
                + String(repeating: "x", count: chunkLine - 4) + "\r\n\r\n"
        }
        #expect(read(request(chunkLine: 256)).requests.count == 1)
        #expect(read(request(chunkLine: 257)).refusal?.code == 400)
        let trailers = String(repeating: "A: 0123456789\r\n", count: 2000)
        #expect(
            read("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + trailers)
                .refusal?.code == 431)
    }

    @Test(arguments: [1, 2, 3, 1000])
    func `passes over empty lines before a request`(size: Int) {
        let text = "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n\r\nGET / HTTP/1.0\r\n\r\n"
        #expect(read(text, inPiecesOf: size).requests.count == 2)
        #expect(read("\r\n\nGET / HTTP/1.1\r\n", inPiecesOf: size).refusal?.code == 400)
    }
}

/// What a reader has made of bytes.
struct Outcome {
    var requests: [HTTPRequest] = []
    var refusal: HTTPStatus?
}

func read(_ text: String, inPiecesOf size: Int = .max) -> Outcome {
    var reader = RequestReader(HTTPLimits())
    var outcome = Outcome()
    var request: HTTPRequest?
    var held: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
        held += rest.prefix(size)
        rest = rest.dropFirst(size)
        var start = 0
        let bytes = held
        let input = bytes.span.bytes
        do throws(Refusal) {
            reading: while true {
                switch try reader.next(in: input, from: &start) {
                case .incomplete: break reading
                case .head(let head): request = head
                case .body(let range):
                    request?.body += input.extracting(range).withUnsafeBytes { Array($0) }
                case .end: if let request { outcome.requests.append(request) }
                }
            }
        } catch {
            outcome.refusal = error.status
            return outcome
        }
        held = Array(bytes[start...])
    }
    return outcome
}
