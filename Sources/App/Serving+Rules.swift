import BlackholePipeline
import BlackholeRules
import BlackholeSMTP
import BlackholeSink
import BlackholeTLS

extension Serving {
    /// Makes a session that rules decide.
    private typealias RuledMaker<Made: ~Copyable> = @Sendable (Security, RuleSession) -> Made

    /// The layers of a session that rules decide, inside of TLS.
    private typealias Ruled<Asked: CommandHandler & ~Copyable> =
        RuleLayer<LineFraming<DataDiscard<SeededSession<RuleCommands<Asked>>>>>

    /// Runs the onion of connections that rules decide.
    func serveRuled<Requests: RequestReading>(
        _ endpoint: BoundEndpoint, on loops: EventLoops, _: Requests.Type
    ) throws(SystemError) {
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
        case (let tls, let makeRecord?):
            try endpoint.serve(on: loops) { peer in
                let record = makeRecord(peer)
                let (session, number) = serving.ruleSession(peer)
                let makeObserved: RuledMaker = { security, session in
                    ObservedSession(record) { makeSession(security, session) }
                }
                return serving.admitted(peer) {
                    ConnectionRecorder(record) {
                        guard let tls else {
                            return AnyByteHandler(
                                serving.layers(number, session, .none, makeObserved))
                        }
                        return AnyByteHandler(
                            serving.secured(
                                number, session, by: tls,
                                onSecured: { record.secured(by: $0.text) }, makeObserved))
                    }
                }
            }
        }
    }

    /// What rules need to know of a new connection, and its number.
    private func ruleSession(_ peer: borrowing Peer) -> (RuleSession, UInt64) {
        let number = numbers.next()
        let connection = RuleConnection(
            peer: peer.address, listener: rules.listener, number: number)
        return (RuleSession(rules.inForce, connection), number)
    }

    private func admitted<Next: ByteHandler & ~Copyable>(
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
            onSecured?(details)
            session.secure(tls: "\(details.version)", serverName: details.serverName)
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
