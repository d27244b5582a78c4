import BlackholePipeline
import BlackholeSMTP
import BlackholeTLS
import BlackholeTestSupport

/// An SMTP server behind the ``TLSLayer`` layer in a loopback, and a client that talks to it.
final class SecuredDialogue {
    var loopback: Loopback
    private let pair: Pair
    private(set) var client: End
    /// The bytes of a segment.
    var pieceSize = Int.max
    /// What the layer has told of.
    let troubles: Journal

    /// Opens a connection to the server.
    init<Asked: Responder & Sendable>(
        _ responder: Asked, isImplicit: Bool = false, options: TLSOptions = TLSOptions(),
        settings: SessionSettings = SessionSettings(hostName: "sink.example"),
        limits: LoopLimits = LoopLimits(), client clientOptions: TLSOptions = TLSOptions(),
        peer: NetworkAddress? = nil
    ) throws {
        let troubles = Journal()
        var options = options
        options.report = { troubles.note("\($0)") }
        let pair = try Pair(options, clientOptions)
        self.troubles = troubles
        self.pair = pair
        client = try End(pair.client, serverName: "localhost")
        loopback = Loopback(limits: limits) { _ in
            securedSMTP(
                pair.server, isImplicit: isImplicit, peer: peer, settings: settings, responder)
        }
    }

    convenience init(
        isImplicit: Bool = false, options: TLSOptions = TLSOptions(),
        client: TLSOptions = TLSOptions(), peer: NetworkAddress? = nil
    ) throws {
        try self.init(
            BlackHole(), isImplicit: isImplicit, options: options, client: client, peer: peer)
    }

    /// Says something in clear, and returns what comes back.
    @discardableResult
    func sayInClear(_ text: String) -> String {
        loopback.send(text, inPiecesOf: pieceSize)
        return loopback.takeOutput()
    }

    /// Says EHLO and STARTTLS.
    func askForTLS() -> String {
        _ = loopback.takeOutput()
        _ = sayInClear("EHLO me\r\n")
        return sayInClear("STARTTLS\r\n")
    }

    /// Shakes hands.
    func shakeHands() {
        client.take()
        carry()
    }

    /// Makes a dialogue secured, up to the first command.
    static func secured(
        isImplicit: Bool = false, pieceSize: Int = .max
    ) throws -> SecuredDialogue {
        try secured(BlackHole(), isImplicit: isImplicit, pieceSize: pieceSize)
    }

    static func secured<Asked: Responder & Sendable>(
        _ responder: Asked, isImplicit: Bool = false, pieceSize: Int = .max,
        settings: SessionSettings = SessionSettings(hostName: "sink.example"),
        limits: LoopLimits = LoopLimits()
    ) throws -> SecuredDialogue {
        let dialogue = try SecuredDialogue(
            responder, isImplicit: isImplicit, settings: settings, limits: limits)
        dialogue.pieceSize = pieceSize
        if !isImplicit { _ = dialogue.askForTLS() }
        dialogue.shakeHands()
        _ = dialogue.client.takeText()
        return dialogue
    }

    /// Says something under TLS, and returns what comes back under TLS.
    @discardableResult
    func say(_ text: String) -> String {
        client.send(text)
        carry()
        return client.takeText()
    }

    /// Says close_notify.
    func close() {
        client.close()
        carry()
    }

    /// Carries records to and fro.
    func carry() {
        while true {
            let bytes = client.takeOutput()
            if !bytes.isEmpty { loopback.send(bytes, inPiecesOf: pieceSize) }
            let answer = loopback.takeBytes()
            if !answer.isEmpty { client.take(answer) }
            if bytes.isEmpty, answer.isEmpty { return }
        }
    }

    subscript(counter: Counter) -> UInt64 { loopback.counters[counter] }
}

/// An SMTP server's layers behind TLS.
func securedSMTP<Asked: Responder & Sendable>(
    _ context: TLSContext, isImplicit: Bool, peer: NetworkAddress? = nil,
    identity: TLSSession.IdentityChooser? = nil, settings: SessionSettings = SessionSettings(),
    _ responder: Asked
) -> TLSLayer<LineFraming<DataDiscard<SMTPSession<Asked>>>> {
    TLSLayer(context, isImplicit: isImplicit, peer: peer, identity: identity) { details in
        LineFraming {
            DataDiscard {
                SMTPSession(settings, security: details == nil ? .offered : .active, responder)
            }
        }
    }
}
