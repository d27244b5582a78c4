internal import BlackholeCOpenSSL
public import BlackholePipeline
internal import Glibc

/// Whose certificates are believed.
public enum TLSTrust: Sendable {
    /// A file of certificates in PEM.
    case file(String)
    /// A directory of certificates under hashed names, such as /etc/ssl/certs.
    case directory(String)
    /// Certificates in PEM.
    case pem(String)
}

/// What a server, or a client, asks of its TLS.
public struct TLSOptions: Sendable {
    /// What is asked of a client for its certificate.
    public enum ClientCertificate: Sendable {
        /// Nothing.
        case ignored
        /// To show one, if it has any; a bad one is refused.
        case requested(TLSTrust)
        /// To show a good one.
        case required(TLSTrust)
    }

    /// The oldest version spoken.
    public var minimumVersion = TLSProtocolVersion.tls12
    /// The newest version spoken.
    public var maximumVersion = TLSProtocolVersion.tls13
    /// Ciphers up to TLS 1.2, in OpenSSL's list form; nil for those with forward secrecy and AEAD,
    /// or for OpenSSL's own choice if ``minimumVersion`` is older than TLS 1.2, which has none of them.
    public var ciphers: String?
    /// Cipher suites of TLS 1.3, in OpenSSL's list form; nil for OpenSSL's own choice.
    public var cipherSuites: String?
    /// Groups for the key exchange, best first, in OpenSSL's list form.
    ///
    /// By default a server has those that cost it little: X25519MLKEM768 where OpenSSL has it, X25519,
    /// P-256, P-384. A client has OpenSSL's own.
    public var groups: String?
    /// Signature algorithms, best first, in OpenSSL's list form; nil for OpenSSL's own.
    public var signatureAlgorithms: String?
    /// What a server asks of clients.
    public var clientCertificate = ClientCertificate.ignored
    /// How long a handshake may take.
    public var handshake = Duration.seconds(30)
    /// How many handshakes of a server may be in progress at once, and of one address; nil for no limit.
    ///
    /// A handshake that may not begin closes its connection; the quota's own report tells of it.
    public var handshakes: ConnectionQuota?
    /// The bytes of the records that a ClientHello may come in; known ones need 2,000.
    ///
    /// A larger one is refused before there is memory for it. It must be less than
    /// `LoopLimits.maximumReadBytes`.
    public var maximumClientHelloBytes = 16_384
    /// Hears of handshakes and connections that failed, on a loop's thread; for the log.
    public var report: @Sendable (TLSError) -> Void = { _ in }

    /// The defaults.
    public init() {}
}

/// What the TLS sessions of a server, or of a client, have in common.
///
/// It may go from thread to thread.
public final class TLSContext: Sendable {
    /// Which side of a handshake a session is.
    public enum Role: Sendable {
        /// It waits for a handshake, and shows a certificate.
        case server
        /// It begins the handshake, and judges the server's certificate.
        case client
    }

    // OpenSSL's context is counted atomically, and not changed once it is made.
    nonisolated(unsafe) let pointer: OpaquePointer
    /// Which side its sessions are.
    public let role: Role
    @usableFromInline let handshakeNanoseconds: Int64
    @usableFromInline let handshakes: ConnectionQuota?
    @usableFromInline let maximumClientHelloBytes: Int
    @usableFromInline let report: @Sendable (TLSError) -> Void
    /// Contexts for the other identities of a server, chosen by SNI.
    private let others: [(identity: TLSIdentity, context: TLSContext)]
    private let identity: TLSIdentity?

    private init(
        _ role: Role, _ identity: TLSIdentity?, _ options: TLSOptions,
        others: [(identity: TLSIdentity, context: TLSContext)] = []
    ) throws(TLSError) {
        ERR_clear_error()
        guard let pointer = SSL_CTX_new(TLS_method()) else {
            throw .fromQueue(.setting, otherwise: "no TLS context could be made")
        }
        self.pointer = pointer
        self.role = role
        self.identity = identity
        self.others = others
        handshakeNanoseconds = options.handshake.nanosecondsClamped
        handshakes = options.handshakes
        maximumClientHelloBytes = options.maximumClientHelloBytes
        report = options.report
        copenssl_set_modes(pointer)
        copenssl_read_once(pointer)
        copenssl_set_options(pointer)
        try set(options)
        if let identity { try use(identity) }
    }

    deinit {
        SSL_CTX_free(pointer)
    }

    /// Makes a server's context.
    ///
    /// - Parameters:
    ///   - identities: at least one; a client that names its host (SNI) gets the first that is for
    ///     that host, any other the first of all.
    ///   - options: what else is asked of its TLS.
    public static func server(
        _ identities: [TLSIdentity], _ options: TLSOptions = TLSOptions()
    ) throws(TLSError) -> TLSContext {
        guard let first = identities.first else {
            throw TLSError(.certificate, reason: "a TLS server needs a certificate")
        }
        var others: [(identity: TLSIdentity, context: TLSContext)] = []
        for identity in identities.dropFirst() {
            let other = try TLSContext(.server, identity, options)
            try other.prepareServer(options)
            others.append((identity, other))
        }
        let context = try TLSContext(.server, first, options, others: others)
        try context.prepareServer(options)
        if !others.isEmpty { context.chooseByName() }
        return context
    }

    /// Makes a client's context.
    ///
    /// - Parameters:
    ///   - trust: whose certificates are believed; nil to believe any, for tests.
    ///   - identity: what is shown to a server that asks for a certificate.
    ///   - options: what else is asked of its TLS.
    public static func client(
        trusting trust: TLSTrust?, showing identity: TLSIdentity? = nil,
        _ options: TLSOptions = TLSOptions()
    ) throws(TLSError) -> TLSContext {
        let context = try TLSContext(.client, identity, options)
        if let trust {
            try context.believe(trust)
            SSL_CTX_set_verify(context.pointer, SSL_VERIFY_PEER, nil)
        }
        return context
    }

    private func set(_ options: TLSOptions) throws(TLSError) {
        guard options.minimumVersion <= options.maximumVersion else {
            throw TLSError(.setting, reason: "the oldest version is newer than the newest")
        }
        if options.minimumVersion < .tls12 {
            // OpenSSL 3 speaks them at security level 0 only.
            SSL_CTX_set_security_level(pointer, 0)
        }
        guard copenssl_set_min_version(pointer, options.minimumVersion.rawValue) == 1,
            copenssl_set_max_version(pointer, options.maximumVersion.rawValue) == 1
        else { throw .fromQueue(.setting, otherwise: "versions that OpenSSL does not speak") }
        let ciphers =
            options.ciphers
            ?? (options.minimumVersion < .tls12 ? nil : "ECDHE+AESGCM:ECDHE+CHACHA20")
        if let ciphers, SSL_CTX_set_cipher_list(pointer, ciphers) != 1 {
            throw .fromQueue(.setting, otherwise: "ciphers that OpenSSL does not know: \(ciphers)")
        }
        try setGroups(options)
        if let suites = options.cipherSuites, SSL_CTX_set_ciphersuites(pointer, suites) != 1 {
            throw .fromQueue(
                .setting, otherwise: "cipher suites that OpenSSL does not know: \(suites)")
        }
    }

    private func setGroups(_ options: TLSOptions) throws(TLSError) {
        if let groups = options.groups {
            guard copenssl_set_groups(pointer, groups) == 1 else {
                ERR_clear_error()
                throw TLSError(
                    .setting, reason: "groups that OpenSSL does not know: \(groups)")
            }
        } else if role == .server {
            // A finite-field group costs a server a hundred times as much (CVE-2002-20001), and a
            // client chooses: none is among these.
            let groups = "X25519:P-256:P-384"
            guard
                copenssl_set_groups(pointer, "X25519MLKEM768:" + groups) == 1
                    || copenssl_set_groups(pointer, groups) == 1
            else { throw .fromQueue(.setting, otherwise: "OpenSSL lacks \(groups)") }
            ERR_clear_error()
        }
        if let algorithms = options.signatureAlgorithms,
            copenssl_set_signature_algorithms(pointer, algorithms) != 1
        {
            ERR_clear_error()
            throw TLSError(
                .setting,
                reason: "signature algorithms that OpenSSL does not know: \(algorithms)")
        }
    }

    private func use(_ identity: TLSIdentity) throws(TLSError) {
        var isUsed =
            SSL_CTX_use_certificate(pointer, identity.certificate) == 1
            && SSL_CTX_use_PrivateKey(pointer, identity.key) == 1
        for certificate in identity.chain {
            isUsed = isUsed && copenssl_add_chain_certificate(pointer, certificate) == 1
        }
        guard isUsed else {
            throw .fromQueue(
                .certificate, file: identity.file,
                otherwise: "a certificate that OpenSSL does not take")
        }
    }

    private func prepareServer(_ options: TLSOptions) throws(TLSError) {
        copenssl_cache_no_sessions(pointer)
        IdentityChoice.prepare(pointer)
        // Room for a certificate is made when its length is known; a chain has a few thousand bytes.
        copenssl_set_max_certificates(pointer, 32_768)
        SSL_CTX_set_num_tickets(pointer, 1)
        // Without it a resumed session of a client with a certificate is refused.
        let name: StaticString = "blackhole"
        SSL_CTX_set_session_id_context(
            pointer, name.utf8Start, UInt32(name.utf8CodeUnitCount))
        switch options.clientCertificate {
        case .ignored: break
        case .requested(let trust):
            try believe(trust)
            SSL_CTX_set_verify(pointer, SSL_VERIFY_PEER, nil)
        case .required(let trust):
            try believe(trust)
            SSL_CTX_set_verify(pointer, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
        }
    }

    private func believe(_ trust: TLSTrust) throws(TLSError) {
        ERR_clear_error()
        switch trust {
        case .file(let path):
            add(try PEMFile.certificates(in: path, .trust))
        case .directory(let path):
            // OpenSSL looks into it when a certificate is to be judged, and not before.
            _ = try TrustDirectory.hashedNames(in: path)
            guard SSL_CTX_load_verify_dir(pointer, path) == 1 else {
                throw .fromQueue(.trust, file: path, otherwise: "no certificates to trust")
            }
        case .pem(let text):
            add(try PEMFile.certificates(inText: text))
        }
    }

    private func add(_ certificates: [OpaquePointer]) {
        for certificate in certificates {
            X509_STORE_add_cert(SSL_CTX_get_cert_store(pointer), certificate)
            X509_free(certificate)
        }
    }

    /// Lets clients that name their host have the identity for it.
    ///
    /// OpenSSL gets no hold on the context for it: the sessions have one.
    private func chooseByName() {
        copenssl_set_server_name_callback(
            pointer,
            { session, _, argument in
                guard !IdentityChoice.isMade(for: session) else { return SSL_TLSEXT_ERR_OK }
                guard let argument,
                    let name = SSL_get_servername(session, TLSEXT_NAMETYPE_host_name)
                else { return SSL_TLSEXT_ERR_NOACK }
                let context = Unmanaged<TLSContext>.fromOpaque(argument).takeUnretainedValue()
                return context.choose(name, for: session)
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    private func choose(_ name: UnsafePointer<CChar>, for session: OpaquePointer?) -> Int32 {
        // An error left in the queue would be taken for the handshake's.
        ERR_set_mark()
        defer { ERR_pop_to_mark() }
        if identity?.isFor(name) == true { return SSL_TLSEXT_ERR_OK }
        if let other = others.first(where: { $0.identity.isFor(name) }) {
            SSL_set_SSL_CTX(session, other.context.pointer)
        }
        // A name that no certificate is for is no reason to refuse: the first one is shown.
        return SSL_TLSEXT_ERR_OK
    }
}
