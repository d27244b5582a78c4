/// What a request is answered with.
package struct HTTPResponse: Sendable {
    /// The status.
    package var status: HTTPStatus
    /// The fields, but for those that the layer adds: Content-Length or Transfer-Encoding, Date and
    /// Connection.
    package var fields: HTTPFields
    /// The content; not sent to HEAD, though its length is.
    package var body: [UInt8]

    package init(_ status: HTTPStatus, _ fields: HTTPFields = [:], body: [UInt8] = []) {
        self.status = status
        self.fields = fields
        self.body = body
    }

    /// A line of plain text, for people.
    package static func text(_ status: HTTPStatus, _ text: String) -> HTTPResponse {
        HTTPResponse(
            status,
            ["content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff"],
            body: Array(text.utf8))
    }
}

/// What a response depends on besides itself: the request, and what becomes of the connection.
struct Exchange {
    /// Whether the client wants the head alone.
    var isHead = false
    /// Whether the client speaks HTTP/1.0.
    var isOld = false
    /// Whether another request may follow.
    var keepsAlive = false
}

extension Exchange {
    init(_ request: HTTPRequest) {
        isHead = request.method == "HEAD"
        isOld = request.isOld
        keepsAlive = request.keepsAlive
    }
}

/// How a response's content is framed (RFC 9112 §6).
enum ContentFraming {
    /// The status allows none.
    case none
    case length(Int)
    case chunked
    /// It ends with the connection, for HTTP/1.0.
    case close
}

extension HTTPResponse {
    /// The head, with what the layer adds.
    func head(_ exchange: Exchange, _ framing: ContentFraming) -> [UInt8] {
        var text = "HTTP/1.1 \(status.code) \(status.reason)\r\ndate: \(HTTPDate.now)\r\n"
        for field in fields.all { text += "\(field.name): \(field.value.onOneLine)\r\n" }
        switch framing {
        case .none, .close: break
        case .length(let bytes): text += "content-length: \(bytes)\r\n"
        case .chunked: text += "transfer-encoding: chunked\r\n"
        }
        if !exchange.keepsAlive {
            text += "connection: close\r\n"
        } else if exchange.isOld {
            text += "connection: keep-alive\r\n"
        }
        return Array((text + "\r\n").utf8)
    }
}

extension String {
    /// The text with what would end a field's line, or not be allowed in it, as blanks.
    fileprivate var onOneLine: String {
        utf8.allSatisfy(\.isFieldByte)
            ? self : String(decoding: utf8.map { $0.isFieldByte ? $0 : 0x20 }, as: UTF8.self)
    }
}
