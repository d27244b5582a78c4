import BlackholeTLS

/// A key and the contexts with it, made once for the process: they cost more than many inputs.
struct TLSKeys {
    let identity: TLSIdentity
    let server: TLSContext
    /// Certificates to refuse.
    let flawed: FlawedIdentities
    private let clients: [TLSContext]

    /// The process's own.
    static let made: TLSKeys = {
        do {
            return try TLSKeys()
        } catch {
            fatalError("no keys were made: \(error)")
        }
    }()

    private init() throws(TLSError) {
        identity = try TLSIdentity.selfSigned()
        server = try .server([identity])
        flawed = try FlawedIdentities(of: identity)
        var clients: [TLSContext] = []
        for version in [TLSProtocolVersion.tls13, .tls12] {
            var options = TLSOptions()
            options.maximumVersion = version
            clients.append(
                try .client(trusting: .pem(identity.certificatePEM), options))
        }
        self.clients = clients
    }

    /// Chooses what a server shows, for some of the names that a client may say.
    static func choice(_ offer: TLSClientOffer) -> TLSIdentity? {
        let flaws = TLSFlaw.allCases
        guard let name = offer.serverName, name.utf8.count % 8 < flaws.count else { return nil }
        return made.flawed[flaws[name.utf8.count % 8].rawValue]
    }

    /// The context of a client that speaks TLS 1.3, or no more than 1.2.
    func client(isOld: Bool) -> TLSContext { clients[isOld ? 1 : 0] }
}
