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

/// How a response's content is framed, and what becomes of the connection.
struct ResponseFraming {
    enum Content {
        /// The status allows none.
        case none
        case length(Int)
        case chunked
        /// It ends with the connection, for HTTP/1.0.
        case close
    }

    let content: Content
    let keepsAlive: Bool
    let isOld: Bool
}

extension HTTPResponse {
    /// The head, with what the layer adds.
    func head(_ framing: ResponseFraming, date: HTTPDate) -> [UInt8] {
        var text = "HTTP/1.1 \(status.code) \(status.reason)\r\ndate: \(date)\r\n"
        for field in fields.all { text += "\(field.name): \(field.value.onOneLine)\r\n" }
        switch framing.content {
        case .none, .close: break
        case .length(let bytes): text += "content-length: \(bytes)\r\n"
        case .chunked: text += "transfer-encoding: chunked\r\n"
        }
        if !framing.keepsAlive {
            text += "connection: close\r\n"
        } else if framing.isOld {
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
