import BlackholeTLS

/// What is in the files of a certificate, a key, or of certificates to trust is an identity that
/// works, or an error in words; the same whenever it is read.
///
/// OpenSSL's memory is watched for leaks by the sanitizer.
public final class IdentityBody: FuzzBody {
    private let certificateFile = ScratchFile()
    private let keyFile = ScratchFile()

    /// Makes a body.
    public init() {}

    /// The input: a byte that chooses, then a file of a certificate and its key, the two in files
    /// of their own with a NUL between them, certificates to trust, or lists of ciphers and of
    /// suites with an LF between them.
    public func run(_ input: RawSpan) {
        var choices = Choices()
        let choice = choices.byte(of: input)
        let bytes = Array(input, choices.rest(of: input))
        switch choice & 3 {
        case 0: checkIdentity(bytes, key: nil, choice)
        case 1:
            let parts = bytes.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
            checkIdentity(Array(parts[0]), key: Array(parts[parts.count - 1]), choice)
        case 2: checkTrust(bytes)
        default: checkSettings(bytes, choice)
        }
    }

    // MARK: Identities

    private func checkIdentity(_ certificate: [UInt8], key: [UInt8]?, _ choice: UInt8) {
        certificateFile.write(certificate)
        if let key { keyFile.write(key) }
        let first = read(withKey: key != nil)
        switch (first, read(withKey: key != nil)) {
        case (.success(let identity), .success(let again)):
            require(identity.fingerprint == again.fingerprint, "the same file is the same")
            require(
                identity.namesText == again.namesText && identity.expiryText == again.expiryText,
                "and says the same of itself")
            check(identity, choice)
        case (.failure(let error), .failure(let again)):
            require(error == again, "the same file is wrong in the same way")
            check(error)
            let paths = [certificateFile.path, keyFile.path]
            require(paths.contains(error.file ?? ""), "an error names a file")
            let hasCertificate = hasBegin(certificate)
            require(hasCertificate || error.kind == .certificate, "no certificate is there")
            guard let key, !hasBegin(key) else { return }
            require(error.kind == .key || error.kind == .certificate, "no key is there")
        default: require(false, "what is right stays right, and what is wrong wrong")
        }
    }

    private func read(withKey hasKey: Bool) -> Result<TLSIdentity, TLSError> {
        outcome { () throws(TLSError) in
            try TLSIdentity(
                certificateFile: certificateFile.path, keyFile: hasKey ? keyFile.path : nil)
        }
    }

    /// An identity that was read can be shown, be it the first or the second.
    private func check(_ identity: TLSIdentity, _ choice: UInt8) {
        let pairs = identity.fingerprint.split(separator: ":")
        require(pairs.count == 32 && pairs.allSatisfy { $0.count == 2 }, "a fingerprint is SHA-256")
        require(identity.dateFault.map { !$0.isEmpty } ?? true, "a fault is in words")
        let pem = identity.certificatePEM
        require(hasBegin(Array(pem.utf8)), "a certificate can be written again")
        keyFile.write(Array((pem + identity.privateKeyPEM).utf8))
        let copy = outcome { () throws(TLSError) in
            try TLSIdentity(certificateFile: keyFile.path)
        }
        guard case .success(let copy) = copy else {
            return require(false, "what was written can be read")
        }
        require(copy.fingerprint == identity.fingerprint, "and is the same")
        keyFile.write(Array(pem.utf8))
        var options = TLSOptions()
        if choice & 4 != 0 { options.clientCertificate = .requested(.pem(pem)) }
        if choice & 8 != 0 { options.clientCertificate = .required(.file(keyFile.path)) }
        let made = outcome { () throws(TLSError) in
            let identities = [identity, TLSKeys.made.identity]
            return (
                server: try TLSContext.server(
                    choice & 4 != 0 ? identities : identities.reversed(), options),
                client: try TLSContext.client(trusting: nil, showing: identity),
                believing: try TLSContext.client(trusting: .pem(pem))
            )
        }
        guard case .success(let contexts) = made else {
            // A key of a kind, or of a strength, that nobody is to use.
            if case .failure(let error) = made { check(error) }
            return
        }
        let names: [String?] = [nil, "localhost", "nobody.example"]
        for name in names {
            let pair = TLSPair(
                TLSEnd(contexts.client, serverName: name), TLSEnd(contexts.server))
            pair.converse()
            let isRefusable = choice & 12 != 0
            require(isRefusable || pair.server.phase == .established, "an identity works")
            if let details = pair.client.details { check(details) }
        }
        let doubting = TLSPair(
            TLSEnd(contexts.believing, serverName: "localhost"), TLSEnd(contexts.server))
        doubting.converse()
        if let error = doubting.client.error { check(error) }
    }

    private func check(_ details: TLSDetails) {
        require(details.version >= .tls12, "nobody speaks what is forbidden")
        require(details.version.description.hasPrefix("TLSv1."), "a version has its name")
    }

    // MARK: Trust

    private func checkTrust(_ bytes: [UInt8]) {
        certificateFile.write(bytes)
        let path = certificateFile.path
        let text = String(decoding: bytes, as: UTF8.self)
        let byFile = client(trusting: .file(path))
        let byText = client(trusting: .pem(text))
        // OpenSSL's reader of files ends a line at a NUL, that of memory does not.
        if text.utf8.elementsEqual(bytes), !bytes.contains(0) {
            require((byFile == nil) == (byText == nil), "a file is what its text is")
        }
        let byDirectory = client(trusting: .directory(path))
        require(byDirectory?.kind == .unreadable, "a file is no directory")
        for error in [byFile, byText, byDirectory].compactMap({ $0 }) { check(error) }
        guard byFile != nil else { return }
        var options = TLSOptions()
        options.clientCertificate = .requested(.file(path))
        let refused = outcome { () throws(TLSError) in
            try TLSContext.server([TLSKeys.made.identity], options)
        }
        guard case .failure(let error) = refused else {
            return require(false, "a server believes nobody whom a client does not")
        }
        require(error == byFile, "for the same reason")
    }

    private func client(trusting trust: TLSTrust) -> TLSError? {
        let made = outcome { () throws(TLSError) in try TLSContext.client(trusting: trust) }
        guard case .failure(let error) = made else { return nil }
        return error
    }

    // MARK: Settings

    /// A server with any settings is none, or one that fails and succeeds in words.
    private func checkSettings(_ bytes: [UInt8], _ choice: UInt8) {
        let lines = bytes.split(separator: 0x0A, maxSplits: 1, omittingEmptySubsequences: false)
            .map { line in String(decoding: line.map { $0 == 0 ? 0x2E : $0 }, as: UTF8.self) }
        var options = TLSOptions()
        options.ciphers = lines[0].isEmpty ? nil : lines[0]
        options.cipherSuites = lines.count > 1 ? lines[1] : nil
        options.minimumVersion = TLSProtocolVersion.allCases[Int(choice >> 2 & 3)]
        options.maximumVersion = TLSProtocolVersion.allCases[Int(choice >> 4 & 3)]
        let made = outcome { () throws(TLSError) in
            try TLSContext.server([TLSKeys.made.identity], options)
        }
        switch made {
        case .success(let server):
            let pair = TLSPair(
                TLSEnd(TLSKeys.made.client(isOld: choice & 4 != 0), serverName: "localhost"),
                TLSEnd(server))
            pair.converse()
            let ends: [TLSSession.Phase] = [.established, .failed]
            require(ends.contains(pair.server.phase), "a handshake comes to an end")
            require(options.minimumVersion <= options.maximumVersion, "versions are in order")
            if let error = pair.server.error { check(error) }
        case .failure(let error):
            // A list may ask for more strength than the certificate has: then that is what is wrong.
            let asksForStrength = options.ciphers?.contains("@SECLEVEL") == true
            require(error.kind == .setting || asksForStrength, "a setting is wrong")
            require(error.file == nil, "and no file")
            check(error)
        }
    }

    private func check(_ error: TLSError) {
        require(!error.reason.isEmpty, "an error has words")
        require(error.description.hasSuffix(error.reason), "and says them")
        require(!error.description.contains(where: \.isNewline), "in one line")
    }

    private func hasBegin(_ bytes: [UInt8]) -> Bool {
        bytes.split(separator: 0x0A).contains { $0.starts(with: Array("-----BEGIN ".utf8)) }
    }
}

/// What a call gives or throws.
func outcome<Value, Failure: Error>(
    _ call: () throws(Failure) -> Value
) -> Result<Value, Failure> {
    do throws(Failure) { return .success(try call()) } catch { return .failure(error) }
}
