internal import BlackholeCOpenSSL

extension TLSIdentity {
    /// Makes a certificate in memory that is like this one but for one flaw.
    ///
    /// A client that trusts this certificate sees exactly that flaw, for this certificate signs the
    /// flawed one. It can if it is an authority, as those are that ``selfSigned(names:)`` makes.
    ///
    /// The certificate of a server from a public authority cannot sign. Then an authority made for the
    /// purpose does, and a client sees two faults: the flaw, and an authority that it does not know.
    ///
    /// The flawed certificate has this one's key, unless the flaw is ``TLSFlaw/weakKey``, and its
    /// subject, with the flaw's name as the organization. To make a weak key takes some 10 ms.
    ///
    /// - Parameters:
    ///   - flaw: what is wrong.
    ///   - names: the host names and IP addresses that it is for if this certificate has no
    ///     subjectAltName. Those that no certificate may have are left out.
    public func flawed(
        _ flaw: TLSFlaw, names: [String] = []
    ) throws(TLSError) -> TLSIdentity {
        ERR_clear_error()
        let issuer =
            flaw != .untrusted && isAuthority
            ? self : try .selfSigned(names: ["unknown-authority.invalid"])
        var draft = try CertificateDraft(
            adopting: flaw == .weakKey ? copenssl_new_rsa_key(TLSIdentity.weakKeyBits) : sharedKey,
            by: issuer, days: flaw.days)
        if flaw == .otherName {
            draft.addToSubject("CN", TLSIdentity.otherName)
            draft.add(names: [TLSIdentity.otherName])
        } else {
            draft.copySubject(of: self)
            if !draft.copyNames(of: self) {
                draft.add(names: names.filter(CertificateDraft.isName))
            }
        }
        // Never the issuer's own subject, or the certificate would pass for a self-signed one.
        draft.addToSubject("O", flaw.rawValue)
        draft.add(NID_basic_constraints, "critical,CA:FALSE")
        draft.add(NID_key_usage, "critical,digitalSignature")
        draft.add(NID_ext_key_usage, "serverAuth")
        draft.add(NID_subject_key_identifier, "hash")
        draft.add(NID_authority_key_identifier, "keyid")
        return try draft.signed()
    }

    /// Whether the key is too weak for OpenSSL's security level 2, which asks for 112 bits.
    var isWeak: Bool { EVP_PKEY_get_security_bits(key) < 112 }

    /// Whether the certificate may sign others.
    private var isAuthority: Bool { X509_check_ca(certificate) == 1 }

    /// The key, for another identity to own as well.
    private var sharedKey: OpaquePointer {
        EVP_PKEY_up_ref(key)
        return key
    }

    /// Enough for the signatures of TLS 1.3, and too little for every client that looks.
    private static let weakKeyBits = 768
    private static let otherName = "other-name.invalid"
}
