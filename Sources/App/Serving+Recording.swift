import BlackholeConsole
import BlackholePipeline
import BlackholeRules
import BlackholeSMTP

/// How connections are recorded for the console.
struct Recording: Sendable {
    let recorder: Recorder
    let keepsTranscripts: Bool
}

extension Serving {
    /// Makes a session that rules decide and that is recorded.
    private typealias RecordedMaker<Made: ~Copyable> =
        @Sendable (Security, RuleSession, SessionJournal) -> Made

    /// Runs the onion of connections that rules decide and that are recorded.
    func serveRecorded<Requests: RequestReading>(
        _ endpoint: BoundEndpoint, on loops: EventLoops, by recording: Recording, _: Requests.Type
    ) throws(SystemError) {
        let (settings, rules) = (settings, rules)
        let makeSession: RecordedMaker = { security, session, journal in
            SMTPSession(
                settings, security: security,
                RuleResponder(
                    session, RecordedContent<Requests>(journal),
                    readsAddresses: rules.readsAddresses, reports: rules.reports))
        }
        guard let fuzzing else {
            return try serveRecorded(endpoint, on: loops, by: recording, makeSession)
        }
        try serveRecorded(endpoint, on: loops, by: recording) { security, session, journal in
            // All of a connection runs on one loop.
            nonisolated(unsafe) let session = session
            return fuzzing.session { makeSession(security, session, journal) }
        }
    }

    private func serveRecorded<Asked: CommandHandler & ~Copyable>(
        _ endpoint: BoundEndpoint, on loops: EventLoops, by recording: Recording,
        _ makeSession: @escaping RecordedMaker<Asked>
    ) throws(SystemError) {
        let serving = self
        try endpoint.serve(on: loops) { peer in
            let (session, number) = serving.ruleSession(peer)
            let journal = SessionJournal(
                recording.recorder, peer, session, keepsTranscript: recording.keepsTranscripts,
                isSilent: serving.rules.health.rules(for: peer.address) != nil)
            let makeRecorded: RuledMaker = { security, session in
                ObservedSession(journal) { makeSession(security, session, journal) }
            }
            return serving.admitted(peer) {
                RecordedConnection(journal) {
                    serving.logged(
                        peer, number, session, onSecured: { journal.secured(by: $0.text) },
                        makeRecorded)
                }
            }
        }
    }
}
