import BlackholePipeline
import BlackholeRules
import BlackholeSMTP
import BlackholeSink
import BlackholeTLS

extension Serving {
    /// The onion of a connection that rules decide.
    func ruled(
        _ peer: borrowing Peer, _ rules: (inForce: RulesInForce, listener: String)
    ) -> Admission<AnyByteHandler> {
        let number = numbers.next()
        let address = peer.address
        let record = makeRecord?(peer)
        let refusal = isImplicitTLS && tls != nil ? "" : Serving.tooManyConnections
        return Admission(quota, peer, refusal: refusal) {
            let connection = RuleConnection(
                peer: address, listener: rules.listener, number: number)
            let session = RuleSession(
                rules.inForce, connection, requests: policy.hasHeaderSwitches)
            guard let record else { return stack(nil, number, session) }
            return AnyByteHandler(ConnectionRecorder(record) { stack(record, number, session) })
        }
    }

    private func stack(
        _ record: ConnectionRecord?, _ number: UInt64, _ session: RuleSession
    ) -> AnyByteHandler {
        guard let tls else { return lines(record, number, session, .none) }
        // All of a connection runs on one loop.
        nonisolated(unsafe) let session = session
        let address = session.connection.peer
        return AnyByteHandler(
            TLSLayer(tls, isImplicit: isImplicitTLS, peer: address) { [self] details in
                guard let details else { return lines(record, number, session, .offered) }
                record?.secured(by: details.text)
                session.secure(tls: "\(details.version)", serverName: details.serverName)
                return lines(record, number, session, .active)
            })
    }

    private func lines(
        _ record: ConnectionRecord?, _ number: UInt64, _ session: RuleSession, _ security: Security
    ) -> AnyByteHandler {
        nonisolated(unsafe) let session = session
        let makeSession: SessionMaker = { [settings] security in
            RuleCommands(session) {
                SMTPSession(
                    settings, security: security, RuleResponder<LooksAtContent>(session))
            }
        }
        guard let record else {
            return AnyByteHandler(RuleLayer(session) { framing(number, security, makeSession) })
        }
        return AnyByteHandler(
            RuleLayer(session) {
                framing(number, security) { security in
                    ObservedSession(record) { makeSession(security) }
                }
            })
    }
}
