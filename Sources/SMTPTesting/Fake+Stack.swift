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
            return onion(scribe, session, .none, nil)
        }
        return AnyByteHandler(
            TLSLayer(tls, isImplicit: isImplicit, identity: chooser(session)) { [self] details in
                if let details {
                    scribe.note(details)
                    session.secure(tls: "\(details.version)", serverName: details.serverName)
                }
                return onion(scribe, session, details == nil ? .offered : .active, details)
            })
    }

    /// The layers of a session, or of its part that is secured.
    private func onion(
        _ scribe: Scribe, _ session: RuleSession, _ security: Security, _ details: TLSDetails?
    ) -> AnyByteHandler {
        guard let seed = plan.garbleSeed else {
            return lines(scribe, session) { ruled(scribe, session, security, details) }
        }
        // What is said in clear and what under TLS goes wrong in ways of their own.
        let number =
            Int(truncatingIfNeeded: session.connection.number << 1) | (details == nil ? 0 : 1)
        return lines(scribe, session) {
            FuzzedReplies(seed: seed, session: number, report: { scribe.note("\($0)") }) {
                ruled(scribe, session, security, details)
            }
        }
    }

    private func lines<Next: CommandHandler & ~Copyable>(
        _ scribe: Scribe, _ session: RuleSession, _ next: () -> Next
    ) -> AnyByteHandler {
        AnyByteHandler(
            RuleLayer(session) {
                LineFraming(maximumLineLength: settings.maximumFramedLineLength) {
                    DataDiscard { ObservedSession(scribe, next) }
                }
            })
    }

    private func ruled(
        _ scribe: Scribe, _ session: RuleSession, _ security: Security, _ details: TLSDetails?
    ) -> RuleCommands<SMTPSession<FakeResponder>> {
        RuleCommands(session) {
            SMTPSession(
                settings, security: security, FakeResponder(self, scribe, session, details))
        }
    }

    /// Has rules choose the certificate.
    private func chooser(_ session: RuleSession) -> TLSSession.IdentityChooser {
        { [self] offer in
            session.certificate(
                serverName: offer.serverName, version: "\(offer.version)", isImplicit: isImplicit,
                at: .now
            ).flatMap { identity(with: $0) }
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
