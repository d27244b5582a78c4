extension NaiveHTTP {
    /// What a stream says, piece by piece.
    static let pieces = ["one", String(repeating: "two", count: 100), "three"]

    /// All that the server says to the requests, but for dates.
    var answers: String {
        requests.map(\.answer).joined()
            + (refusal.map { NaiveHTTP.refusal($0, refused) } ?? "")
    }

    /// Whether the connection ends without the client's doing.
    var isOver: Bool {
        refusal != nil || requests.last.map { !$0.keepsAlive || $0.isStream } == true
    }

    /// The response to what is not answered.
    static func refusal(_ status: Int, _ request: Request) -> String {
        let names = [
            400: "Bad Request", 408: "Request Timeout", 413: "Content Too Large",
            414: "URI Too Long", 417: "Expectation Failed",
            431: "Request Header Fields Too Large", 501: "Not Implemented",
            505: "HTTP Version Not Supported",
        ]
        let name = names[status] ?? "?"
        return "HTTP/1.1 \(status) \(name)\r\ncontent-type: text/plain; charset=utf-8\r\n"
            + "x-content-type-options: nosniff\r\ncontent-length: \(name.count + 1)\r\n"
            + "connection: close\r\n\r\n" + (request.method == "HEAD" ? "" : name + "\n")
    }
}

extension NaiveHTTP.Request {
    var isStream: Bool { path == "/stream" }

    /// What a response says of it, or much, where it asks for that.
    var content: String {
        path == "/big"
            ? String(repeating: "big ", count: 250)
            : "\(method) \(path) \(query) \(body)"
    }

    /// The response to it.
    fileprivate var answer: String {
        let connection =
            !keepsAlive || isStream
            ? "connection: close\r\n" : isOld ? "connection: keep-alive\r\n" : ""
        switch path {
        case "/none", "*": return "HTTP/1.1 204 No Content\r\n\(connection)\r\n"
        case "/stream":
            let start = "HTTP/1.1 200 OK\r\n"
            if isOld {
                let content = method == "HEAD" ? "" : NaiveHTTP.pieces.joined()
                return start + "connection: close\r\n\r\n" + content
            }
            let chunks = NaiveHTTP.pieces.map {
                "\(String($0.count, radix: 16))\r\n\($0)\r\n"
            }
            return start + "transfer-encoding: chunked\r\nconnection: close\r\n\r\n"
                + (method == "HEAD" ? "" : chunks.joined() + "0\r\n\r\n")
        default:
            return "HTTP/1.1 200 OK\r\ncontent-length: \(content.utf8.count)\r\n\(connection)\r\n"
                + (method == "HEAD" ? "" : content)
        }
    }
}
