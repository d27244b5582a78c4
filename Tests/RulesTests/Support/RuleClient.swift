import BlackholePipeline
import BlackholeRules
import BlackholeSMTP

/// A server with rules over a virtual clock, and its clients, one after another.
struct RuleClient: ~Copyable {
    private var loopback = Loopback(seed: 1)
    let tallies: Tallies
    let source: RulesInForce
    var settings = SessionSettings(
        hostName: "mx.example", authentication: .offered, ignoresUnknownParameters: true)
    var readsAddresses = false
    var readsRequests = false
    private var number: UInt64 = 0
    /// The session of the last client.
    private(set) var session: SessionBox

    /// Hands the session of a connection out.
    final class SessionBox: @unchecked Sendable {
        weak var session: RuleSession?
    }

    init(
        _ rules: [String], seed: UInt64 = 1, lists: [String: AddressList] = [:]
    ) throws {
        tallies = makeTallies(seed: seed)
        source = RulesInForce(
            RuleProgram(
                try rules.map { try Rule($0, allowsFiles: true) }, tallies, host: "mx.example",
                lists: lists))
        session = SessionBox()
    }

    /// Connects another client, and returns the greeting.
    mutating func connect(
        from peer: String = "192.0.2.7", listener: String = ":2526", tls: String? = nil,
        serverName: String? = nil
    ) throws -> String {
        number += 1
        let connection = RuleConnection(
            peer: NetworkAddress(peer, port: 4711) ?? .loopback(), listener: listener, tls: tls,
            serverName: serverName, number: number)
        let (source, settings) = (source, settings)
        let (addresses, requests) = (readsAddresses, readsRequests)
        let box = SessionBox()
        session = box
        let security: Security = tls == nil ? .offered : .active
        loopback.open { _ in
            let session = RuleSession(source, connection)
            box.session = session
            guard requests else {
                return Self.stack(
                    settings, security,
                    RuleResponder(session, NoRequests(), readsAddresses: addresses))
            }
            return Self.stack(
                settings, security,
                RuleResponder(session, RequestReader(), readsAddresses: addresses))
        }
        return loopback.takeOutput()
    }

    private static func stack(
        _ settings: SessionSettings, _ security: Security,
        _ responder: RuleResponder<some RequestReading>
    ) -> AnyByteHandler {
        let session = responder.session
        return AnyByteHandler(
            RuleLayer(session) {
                LineFraming {
                    DataDiscard {
                        RuleCommands(session) {
                            SMTPSession(settings, security: security, responder)
                        }
                    }
                }
            })
    }

    /// Sends a line, and returns what the server has replied.
    mutating func say(_ line: String) -> String {
        loopback.send(line + "\r\n")
        return loopback.takeOutput()
    }

    /// Sends lines, and returns the code of each reply.
    mutating func codes(_ lines: String...) -> [String] {
        var codes: [String] = []
        for line in lines { codes.append(String(say(line).prefix(3))) }
        return codes
    }

    /// Sends bytes as they are.
    mutating func send(_ bytes: String, inPiecesOf size: Int = .max) -> String {
        loopback.send(bytes, inPiecesOf: size)
        return loopback.takeOutput()
    }

    /// Sends a message, and returns the code of the reply to its end or of the first refusal.
    mutating func mail(
        from sender: String = "a@sender.example", to recipients: String...,
        content: String = "Subject: x\r\n\r\nHello\r\n"
    ) -> String {
        for line in ["MAIL FROM:<\(sender)>"] + recipients.map({ "RCPT TO:<\($0)>" }) + ["DATA"] {
            let reply = say(line)
            guard reply.hasPrefix("2") || reply.hasPrefix("354") else { return reply }
        }
        return send(content + ".\r\n")
    }

    mutating func wait(_ duration: Duration) -> String {
        loopback.advance(by: duration)
        return loopback.takeOutput()
    }

    /// How the server has closed the connection; nil while it is open.
    var closing: LoopbackClosing? { loopback.closing }

    /// Replaces the rules.
    func replace(_ rules: [String]) throws {
        source.replace(
            by: RuleProgram(try rules.map { try Rule($0) }, tallies, host: "mx.example"))
    }
}
