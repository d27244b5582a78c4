package import BlackholePipeline
internal import BlackholeInbox
internal import BlackholeRules
internal import BlackholeSMTP
internal import BlackholeTLS

extension Fake {
    /// The onion of a new connection: a session, or a script that is played.
    package func stack(for peer: NetworkAddress = .loopback()) -> AnyByteHandler {
        guard let bytesPerSecond = plan.bytesPerSecond else { return freeStack(peer) }
        return AnyByteHandler(Throttle(bytesPerSecond: bytesPerSecond) { freeStack(peer) })
    }

    private func freeStack(_ peer: NetworkAddress) -> AnyByteHandler {
        let scribe = Scribe(in: inbox)
        if let script = nextScript() { return stack(playing: script, scribe) }
        // All of a connection runs on one loop.
        nonisolated(unsafe) let session = session(with: peer)
        guard let tls else {
            return AnyByteHandler(SMTPServer.onion(self, scribe, session, .none, nil))
        }
        return AnyByteHandler(
            TLSLayer(tls, isImplicit: isImplicit, identity: chooser(session)) { [self] details in
                if let details {
                    scribe.note(details)
                    session.secure(tls: "\(details.version)", serverName: details.serverName)
                }
                return SMTPServer.onion(
                    self, scribe, session, details == nil ? .offered : .active, details)
            })
    }

    /// Has rules choose the certificate; nil if none does.
    private func chooser(_ session: RuleSession) -> TLSSession.IdentityChooser? {
        guard let flawed else { return nil }
        return { [isImplicit] offer in
            session.certificate(
                serverName: offer.serverName, version: "\(offer.version)", isImplicit: isImplicit,
                at: .now
            ).flatMap { flawed[$0.rawValue] }
        }
    }

    private func stack(playing script: Script, _ scribe: Scribe) -> AnyByteHandler {
        let play = Play(
            expecting: isImplicit ? "a TLS handshake" : "nothing yet", scribe, inbox.bell)
        plays.add(play)
        guard let tls else {
            return AnyByteHandler(
                ScriptedConnection(play) { player(ScriptMachine(script), play) })
        }
        return AnyByteHandler(
            ScriptedConnection(play) {
                TLSLayer(tls, isImplicit: isImplicit) { [self] details in
                    if let details {
                        scribe.note(details)
                        play.secure(details)
                    }
                    return player(ScriptMachine(script, isSecured: details != nil), play)
                }
            })
    }

    private func player(
        _ machine: ScriptMachine, _ play: Play
    ) -> LineFraming<DataDiscard<ScriptPlayer>> {
        // A line of a script may be one of AUTH.
        LineFraming(
            maximumLineLength: max(plan.limits.maximumLineLength, plan.limits.maximumAuthLineLength)
        ) {
            DataDiscard { ScriptPlayer(machine, play, idle: plan.limits.idle) }
        }
    }
}

extension Scribe {
    fileprivate func note(_ details: TLSDetails) {
        note("\(details.version) with \(details.cipher)")
    }
}
