/// A request, with its body once that has come.
package struct HTTPRequest: Sendable {
    /// The method as it was sent: `GET`.
    package let method: String
    /// What it asks for.
    package let target: RequestTarget
    /// The fields of its head.
    package let fields: HTTPFields
    /// The body; empty without one.
    package var body: [UInt8] = []
    /// Whether it is of HTTP/1.0.
    package let isOld: Bool
    /// Where its body ends.
    package let framing: BodyFraming

    /// The host that it is for, with its port, as the client named it (RFC 9110 §7.2).
    package var host: String? { target.authority ?? fields["host"] }

    /// Whether the connection may go on after the response (RFC 9112 §9.3).
    package var keepsAlive: Bool {
        let options = fields.list("connection").map { $0.lowercased() }
        return isOld ? options.contains("keep-alive") : !options.contains("close")
    }

    /// Whether the client waits for 100 before it sends the body (RFC 9110 §10.1.1).
    var expectsContinue: Bool { !isOld && fields["expect"]?.lowercased() == "100-continue" }
}

/// Where a body ends (RFC 9112 §6.3).
package enum BodyFraming: Sendable, Equatable {
    case length(Int)
    case chunked
}
