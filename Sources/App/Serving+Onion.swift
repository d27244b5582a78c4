import BlackholePipeline
import BlackholeRules
import BlackholeSMTP
import BlackholeSink
import BlackholeTLS

extension Serving {
    /// Makes a session for a connection; for one that is secured on its way, a second one.
    typealias SessionMaker<Made: ~Copyable> = @Sendable (Security) -> Made

    /// Runs the onion at an endpoint, for its next connection and those after it.
    func serve(_ endpoint: BoundEndpoint, on loops: EventLoops) throws(SystemError) {
        if rules.readsRequests {
            try serve(endpoint, on: loops, RequestReader.self)
        } else {
            try serve(endpoint, on: loops, NoRequests.self)
        }
    }

    private func serve<Requests: RequestReading>(
        _ endpoint: BoundEndpoint, on loops: EventLoops, _: Requests.Type
    ) throws(SystemError) {
        guard rules.isPlain else { return try serveRuled(endpoint, on: loops, Requests.self) }
        let plain = PlainRules(rules.inForce, listener: rules.listener, reports: rules.reports)
        guard let fuzzing else {
            return try serve(endpoint, on: loops) { [settings] security in
                SMTPSession(settings, security: security, PlainResponder(plain, Requests()))
            }
        }
        try serve(endpoint, on: loops) { [settings] security in
            fuzzing.session {
                SMTPSession(settings, security: security, PlainResponder(plain, Requests()))
            }
        }
    }

    /// Runs the onion around such sessions, and where connections are logged, the layers that do it.
    private func serve<Asked: CommandHandler & ~Copyable>(
        _ endpoint: BoundEndpoint, on loops: EventLoops,
        _ makeSession: @escaping SessionMaker<Asked>
    ) throws(SystemError) {
        let serving = self
        switch (tls, makeRecord) {
        case (nil, nil):
            try endpoint.serve(on: loops) { peer in serving.clear(peer, makeSession) }
        case (let tls?, nil):
            try endpoint.serve(on: loops) { peer in
                serving.secured(peer, by: tls, onSecured: nil, makeSession)
            }
        case (let tls, let makeRecord?):
            try endpoint.serve(on: loops) { peer in
                let record = makeRecord(peer)
                let makeObserved: SessionMaker = { security in
                    ObservedSession(record) { makeSession(security) }
                }
                return ConnectionRecorder(record) {
                    guard let tls else { return AnyByteHandler(serving.clear(peer, makeObserved)) }
                    return AnyByteHandler(
                        serving.secured(
                            peer, by: tls, onSecured: { record.secured(by: $0.text) }, makeObserved)
                    )
                }
            }
        }
    }

    /// The onion of a connection that cannot be secured.
    private func clear<Asked: CommandHandler & ~Copyable>(
        _ peer: borrowing Peer, _ makeSession: SessionMaker<Asked>
    ) -> Admission<LineFraming<DataDiscard<SeededSession<Asked>>>> {
        let number = numbers.next()
        return Admission(quota, peer, refusal: Serving.tooManyConnections) {
            framing(number, .none, makeSession)
        }
    }

    /// The onion of a connection that is secured, or can be by STARTTLS.
    private func secured<Asked: CommandHandler & ~Copyable>(
        _ peer: borrowing Peer, by tls: TLSContext,
        onSecured: (@Sendable (TLSDetails) -> Void)?, _ makeSession: @escaping SessionMaker<Asked>
    ) -> Admission<TLSLayer<LineFraming<DataDiscard<SeededSession<Asked>>>>> {
        let number = numbers.next()
        let serving = self
        // Before a handshake nobody could read a refusal.
        let refusal = isImplicitTLS ? "" : Serving.tooManyConnections
        return Admission(quota, peer, refusal: refusal) {
            TLSLayer(tls, isImplicit: isImplicitTLS, peer: peer.address) { details in
                if let details { onSecured?(details) }
                return serving.framing(number, details == nil ? .offered : .active, makeSession)
            }
        }
    }

    func framing<Asked: CommandHandler & ~Copyable>(
        _ number: UInt64, _ security: Security, _ makeSession: SessionMaker<Asked>
    ) -> LineFraming<DataDiscard<SeededSession<Asked>>> {
        LineFraming(maximumLineLength: settings.maximumFramedLineLength) {
            DataDiscard {
                SeededSession(seed: seed, connection: number, isSecured: security == .active) {
                    makeSession(security)
                }
            }
        }
    }

    static let tooManyConnections: StaticString =
        "421 4.7.0 Too many connections, try again later\r\n"
}

extension TLSDetails {
    /// `TLSv1.3 with TLS_AES_256_GCM_SHA384`.
    var text: String {
        "\(version) with \(cipher)" + (peerSubject.map { ", client certificate \($0)" } ?? "")
    }
}
