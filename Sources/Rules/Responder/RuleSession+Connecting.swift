package import BlackholePipeline
internal import BlackholeSMTP

// What is decided before the first command: the certificate, and the greeting.
extension RuleSession {
    /// Answers at `connect`.
    func answerConnect(at now: Instant) -> Answer {
        guard let decision = decidedConnect else {
            return answer(.connect, lasts: true, at: now)
        }
        decidedConnect = nil
        return carryOut(decision, lasts: true)
    }

    /// What is wrong with the certificate that is shown, as rules decide at the ClientHello.
    ///
    /// Where TLS begins with the connection, all of `connect` is decided here, once; a wait comes
    /// before the greeting as always.
    ///
    /// - Parameters:
    ///   - serverName: the host name in the ClientHello.
    ///   - version: the version of TLS.
    ///   - isImplicit: whether TLS begins with the connection: the stage is `connect`, not
    ///     `starttls`.
    package func certificate(
        serverName: String?, version: String, isImplicit: Bool, at now: Instant
    ) -> Rule.CertificateFlaw? {
        let tables = program.certificateTables
        guard program.choosesCertificates else { return nil }
        let before = (connection.tls, connection.serverName)
        (connection.tls, connection.serverName) = (version, serverName)
        setSecurity()
        defer {
            (connection.tls, connection.serverName) = before
            setSecurity()
        }
        var chosen = (flaw: effects.certificate, rule: effects.certificateRule)
        if isImplicit, stages & Stage.connect.bit != 0 {
            let decision = decide(.connect, at: now)
            if let certificate = decision.certificate { chosen = certificate }
            decidedConnect = decision
        }
        guard let table = isImplicit ? tables.connect : tables.startTLS else { return chosen.flaw }
        var decision = Decision()
        let question = Question(stage: isImplicit ? .connect : .startTLS, now: now)
        var candidates = Candidates(table, self)
        while decision.certificate == nil, let rule = candidates.next(self) {
            guard rule < chosen.rule else { break }
            attempt(rule, question, &decision)
        }
        return decision.certificate?.flaw ?? chosen.flaw
    }
}
