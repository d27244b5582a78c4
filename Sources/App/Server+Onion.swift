import Logging
import Pipeline
import SMTP
import Sink
import TLS

extension Server {
    /// Runs the onion behind a bound address: octets, TLS, lines, commands, answers; and where every
    /// session is logged, the layers that do it.
    ///
    /// What a connection is served with is looked up once, at its beginning.
    ///
    /// - Parameter makeResponder: makes a session's responder, on the connection's loop.
    func listen<Answers: Responder>(
        _ loops: EventLoops, on listener: consuming BoundListener, _ socket: ServerSocket,
        _ makeResponder: @escaping @Sendable (Serving) -> Answers
    ) throws(SystemError) {
        let serving = serving
        let log = log
        let isImplicit = socket.isImplicitTLS
        let quota = quota
        let refusal: StaticString = isImplicit ? "" : Server.tooManyConnections
        switch (tls, isDebugging) {
        case (nil, false):
            try loops.listen(on: listener) { peer in
                let now = serving.value
                return Admission(quota, peer, refusal: refusal) {
                    Server.onion(now, .none, makeResponder(now))
                }
            }
        case (let tls?, false):
            try loops.listen(on: listener) { peer in
                let now = serving.value
                return Admission(quota, peer, refusal: refusal) {
                    StartTLS(tls.current, isImplicit: isImplicit) { details in
                        Server.onion(now, details == nil ? .offered : .active, makeResponder(now))
                    }
                }
            }
        case (nil, true):
            try loops.listen(on: listener) { peer in
                let now = serving.value
                let record = SessionRecord(of: peer) { log.debug("\($0)") }
                return ConnectionRecorder(record) {
                    Admission(quota, peer, refusal: refusal) {
                        Server.onion(now, .none, makeResponder(now), record)
                    }
                }
            }
        case (let tls?, true):
            try loops.listen(on: listener) { peer in
                let now = serving.value
                let record = SessionRecord(of: peer) { log.debug("\($0)") }
                return ConnectionRecorder(record) {
                    Admission(quota, peer, refusal: refusal) {
                        StartTLS(tls.current, isImplicit: isImplicit) { details in
                            if let details { record.secured(by: details.text) }
                            return Server.onion(
                                now, details == nil ? .offered : .active, makeResponder(now),
                                record)
                        }
                    }
                }
            }
        }
    }

    private static let tooManyConnections: StaticString =
        "421 4.7.0 Too many connections, try again later\r\n"

    private static func onion<Answers: Responder>(
        _ serving: Serving, _ security: Security, _ responder: Answers
    ) -> LineFraming<DataDiscard<Session<Answers>>> {
        LineFraming(lineOctetsMax: serving.settings.framedLineOctetsMax) {
            DataDiscard { Session(serving.settings, security: security, responder) }
        }
    }

    private static func onion<Answers: Responder>(
        _ serving: Serving, _ security: Security, _ responder: Answers, _ record: SessionRecord
    ) -> LineFraming<DataDiscard<ObservedSession<SessionRecord, Session<Answers>>>> {
        LineFraming(lineOctetsMax: serving.settings.framedLineOctetsMax) {
            DataDiscard {
                ObservedSession(record) {
                    Session(serving.settings, security: security, responder)
                }
            }
        }
    }
}

extension TLSDetails {
    /// `TLSv1.3 with TLS_AES_256_GCM_SHA384`.
    fileprivate var text: String {
        "\(version) with \(cipher)" + (peerSubject.map { ", client certificate \($0)" } ?? "")
    }
}
