import Logging
import Pipeline
import SMTP
import Sink
import TLS

extension Server {
    /// Runs the onion behind a bound address: octets, TLS, lines, commands, answers; and where
    /// sessions or messages are logged, the layers that do it.
    ///
    /// What a connection is served with is looked up once, at its beginning.
    ///
    /// - Parameter makeAnswering: makes a session, on the connection's loop; of a connection that is
    ///   secured on its way, a second one.
    func listen<Answering: CommandHandler & ~Copyable>(
        _ loops: EventLoops, on listener: consuming BoundListener, _ socket: ServerSocket,
        _ makeAnswering: @escaping @Sendable (Serving, Security) -> Answering
    ) throws(SystemError) {
        let seed = seed
        let makeSession = { @Sendable (now: Serving, security: Security) in
            SeededSession(
                seed: seed, connection: now.connection, isSecured: security == .active
            ) { makeAnswering(now, security) }
        }
        let serving = serving
        let makeRecord = makeRecord
        let quota = quota
        let isImplicit = socket.isImplicitTLS
        // Only a stack that has the layer from the start can offer STARTTLS after a reload.
        let tls = isImplicit || serving.value.offersStartTLS ? tls : nil
        let refusal: StaticString = isImplicit ? "" : Server.tooManyConnections
        switch (tls, isDebugging || logsMessages) {
        case (nil, false):
            try loops.listen(on: listener) { peer in
                let now = serving.next()
                return Admission(quota, peer, refusal: refusal) {
                    Server.onion(now) { makeSession(now, .none) }
                }
            }
        case (let tls?, false):
            try loops.listen(on: listener) { peer in
                let now = serving.next()
                return Admission(quota, peer, refusal: refusal) {
                    StartTLS(tls.current, isImplicit: isImplicit, peer: peer.address) { details in
                        Server.onion(now) { makeSession(now, Security(details, now)) }
                    }
                }
            }
        case (nil, true):
            try loops.listen(on: listener) { peer in
                let now = serving.next()
                let record = makeRecord(peer)
                return ConnectionRecorder(record) {
                    Admission(quota, peer, refusal: refusal) {
                        Server.onion(now) {
                            ObservedSession(record) { makeSession(now, .none) }
                        }
                    }
                }
            }
        case (let tls?, true):
            try loops.listen(on: listener) { peer in
                let now = serving.next()
                let record = makeRecord(peer)
                return ConnectionRecorder(record) {
                    Admission(quota, peer, refusal: refusal) {
                        StartTLS(tls.current, isImplicit: isImplicit, peer: peer.address) {
                            details in
                            if let details { record.secured(by: details.text) }
                            return Server.onion(now) {
                                ObservedSession(record) {
                                    makeSession(now, Security(details, now))
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// Makes what is logged of a connection.
    private var makeRecord: @Sendable (borrowing Peer) -> ConnectionRecord {
        let (log, isDebugging, logsMessages) = (log, isDebugging, logsMessages)
        return { peer in
            ConnectionRecord(
                session: isDebugging ? SessionRecord(of: peer) { log.debug("\($0)") } : nil,
                messages: logsMessages ? MessageRecord(of: peer) { log.info("\($0)") } : nil)
        }
    }

    private static let tooManyConnections: StaticString =
        "421 4.7.0 Too many connections, try again later\r\n"

    private static func onion<Answering: CommandHandler & ~Copyable>(
        _ serving: Serving, _ makeSession: () -> Answering
    ) -> LineFraming<DataDiscard<Answering>> {
        LineFraming(lineOctetsMax: serving.settings.framedLineOctetsMax) {
            DataDiscard { makeSession() }
        }
    }
}

extension Security {
    /// How a session stands whose connection has been secured, or could be.
    fileprivate init(_ details: TLSDetails?, _ serving: Serving) {
        self = details != nil ? .active : serving.offersStartTLS ? .offered : .none
    }
}

extension TLSDetails {
    /// `TLSv1.3 with TLS_AES_256_GCM_SHA384`.
    fileprivate var text: String {
        "\(version) with \(cipher)" + (peerSubject.map { ", client certificate \($0)" } ?? "")
    }
}
