import BlackholeConsole
import BlackholeHTTP
import BlackholePipeline

/// Answers on the local status socket: how the server is, whether it is ready, and its metrics.
struct StatusResponder: HTTPResponder {
    private let board: StatusBoard
    /// Whether the client is root or the server's own user.
    private let isAllowed: Bool

    init(_ board: StatusBoard, isAllowed: Bool) {
        self.board = board
        self.isAllowed = isAllowed
    }

    mutating func maximumBody(of request: HTTPRequest) -> Int { 0 }

    mutating func respond(to request: HTTPRequest, _ context: inout Context) -> HTTPAnswer {
        .response(response(to: request))
    }

    private func response(to request: HTTPRequest) -> HTTPResponse {
        guard isAllowed else {
            return .text(403, "only root and the server's user may ask\n")
        }
        guard ["GET", "HEAD"].contains(request.method) else {
            var response = HTTPResponse.text(405, "only GET\n")
            response.fields.append("allow", "GET, HEAD")
            return response
        }
        switch request.target.path {
        case "/status": return .text(200, board.text)
        case "/livez": return .text(200, "ok\n")
        case "/readyz": return board.isReady ? .text(200, "ok\n") : .text(503, "stopping\n")
        case "/metrics":
            let format = MetricsFormat(
                accept: request.fields.values(of: "accept").joined(separator: ","))
            return HTTPResponse(
                200, ["content-type": format.contentType], body: Array(board.metrics(format).utf8))
        default: return .text(404, "there are /status, /livez, /readyz and /metrics\n")
        }
    }
}
