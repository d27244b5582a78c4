import BlackholePipeline
import BlackholeRules
import BlackholeSMTP
import BlackholeSink
import BlackholeTLS

extension Serving {
    /// Makes a session that rules decide.
    typealias RuledMaker<Made: ~Copyable> = @Sendable (Security, RuleSession) -> Made

    /// The layers of a session that rules decide, inside of TLS.
    typealias Ruled<Asked: CommandHandler & ~Copyable> =
        RuleLayer<LineFraming<DataDiscard<SeededSession<RuleCommands<Asked>>>>>

    /// Runs the onion of connections that rules decide.
    func serveRuled<Requests: RequestReading>(
        _ endpoint: BoundEndpoint, on loops: EventLoops, _: Requests.Type
    ) throws(SystemError) {
        if let recording {
            return try serveRecorded(endpoint, on: loops, by: recording, Requests.self)
        }
        let (settings, rules) = (settings, rules)
        guard let fuzzing else {
            return try serveRuled(endpoint, on: loops) { security, session in
                SMTPSession(
                    settings, security: security,
                    RuleResponder(
                        session, Requests(), readsAddresses: rules.readsAddresses,
                        reports: rules.reports))
            }
        }
        try serveRuled(endpoint, on: loops) { security, session in
            fuzzing.session {
                SMTPSession(
                    settings, security: security,
                    RuleResponder(
                        session, Requests(), readsAddresses: rules.readsAddresses,
                        reports: rules.reports))
            }
        }
    }

    private func serveRuled<Asked: CommandHandler & ~Copyable>(
        _ endpoint: BoundEndpoint, on loops: EventLoops, _ makeSession: @escaping RuledMaker<Asked>
    ) throws(SystemError) {
        let serving = self
        switch (tls, makeRecord) {
        case (nil, nil):
            try endpoint.serve(on: loops) { peer in
                let (session, number) = serving.ruleSession(peer)
                return serving.admitted(peer) {
                    serving.layers(number, session, .none, makeSession)
                }
            }
        case (let tls?, nil):
            try endpoint.serve(on: loops) { peer in
                let (session, number) = serving.ruleSession(peer)
                return serving.admitted(peer) {
                    serving.secured(number, session, by: tls, onSecured: nil, makeSession)
                }
            }
        case (_, _?):
            try endpoint.serve(on: loops) { peer in
                let (session, number) = serving.ruleSession(peer)
                return serving.admitted(peer) {
                    serving.logged(peer, number, session, onSecured: nil, makeSession)
                }
            }
        }
    }

    /// The layers of a connection, with those that log it where that is wanted.
    func logged<Asked: CommandHandler & ~Copyable>(
        _ peer: borrowing Peer, _ number: UInt64, _ session: RuleSession,
        onSecured: (@Sendable (TLSDetails) -> Void)?, _ makeSession: @escaping RuledMaker<Asked>
    ) -> AnyByteHandler {
        guard let makeRecord else {
            return any(number, session, onSecured: onSecured, makeSession)
        }
        let record = makeRecord(peer)
        let makeObserved: RuledMaker = { security, session in
            ObservedSession(record) { makeSession(security, session) }
        }
        return AnyByteHandler(
            ConnectionRecorder(record) {
                any(
                    number, session,
                    onSecured: { details in
                        record.secured(by: details.text)
                        onSecured?(details)
                    }, makeObserved)
            })
    }

    private func any<Asked: CommandHandler & ~Copyable>(
        _ number: UInt64, _ session: RuleSession,
        onSecured: (@Sendable (TLSDetails) -> Void)?, _ makeSession: @escaping RuledMaker<Asked>
    ) -> AnyByteHandler {
        guard let tls else { return AnyByteHandler(layers(number, session, .none, makeSession)) }
        return AnyByteHandler(
            secured(number, session, by: tls, onSecured: onSecured, makeSession))
    }

    /// What rules need to know of a new connection, and its number.
    func ruleSession(_ peer: borrowing Peer) -> (RuleSession, UInt64) {
        let number = numbers.next()
        let connection = RuleConnection(
            peer: peer.address, listener: rules.listener, number: number)
        let inForce = rules.health.rules(for: peer.address) ?? rules.inForce
        return (RuleSession(inForce, connection), number)
    }

    func admitted<Next: ByteHandler & ~Copyable>(
        _ peer: borrowing Peer, _ next: () -> Next
    ) -> Admission<Next> {
        // Before a handshake nobody could read a refusal.
        let refusal = isImplicitTLS && tls != nil ? "" : Serving.tooManyConnections
        return Admission(quota, peer, refusal: refusal, next)
    }

    private func secured<Asked: CommandHandler & ~Copyable>(
        _ number: UInt64, _ session: RuleSession, by tls: TLSContext,
        onSecured: (@Sendable (TLSDetails) -> Void)?, _ makeSession: @escaping RuledMaker<Asked>
    ) -> TLSLayer<Ruled<Asked>> {
        // All of a connection runs on one loop.
        nonisolated(unsafe) let session = session
        let address = session.connection.peer
        let (flawed, isImplicit) = (flawed, isImplicitTLS)
        let chooser: TLSSession.IdentityChooser? = flawed.map { flawed in
            { offer in
                session.certificate(
                    serverName: offer.serverName, version: "\(offer.version)",
                    isImplicit: isImplicit,
                    at: .now
                ).flatMap { flawed[$0.rawValue] }
            }
        }
        return TLSLayer(
            tls, isImplicit: isImplicitTLS, peer: address, identity: chooser
        ) { [self] details in
            guard let details else { return layers(number, session, .offered, makeSession) }
            session.secure(tls: "\(details.version)", serverName: details.serverName)
            onSecured?(details)
            return layers(number, session, .active, makeSession)
        }
    }

    private func layers<Asked: CommandHandler & ~Copyable>(
        _ number: UInt64, _ session: RuleSession, _ security: Security,
        _ makeSession: RuledMaker<Asked>
    ) -> Ruled<Asked> {
        nonisolated(unsafe) let session = session
        return RuleLayer(session) {
            framing(number, security) { security in
                RuleCommands(session) { makeSession(security, session) }
            }
        }
    }
}
