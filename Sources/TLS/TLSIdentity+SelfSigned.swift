internal import BlackholeCOpenSSL

extension TLSIdentity {
    /// Makes a self-signed P-256 certificate in memory.
    ///
    /// It is a certificate authority for itself, so that a client may trust it alone.
    ///
    /// - Parameter names: host names and IP addresses that it is for; the first is its subject.
    ///   Those that no certificate may have are left out.
    public static func selfSigned(
        names: [String] = ["localhost", "127.0.0.1", "::1"]
    ) throws(TLSError) -> TLSIdentity {
        ERR_clear_error()
        let names = names.filter(CertificateDraft.isName)
        guard let subject = names.first else {
            throw TLSError(.setting, reason: "a certificate needs a name that may stand in one")
        }
        // A day back, for clients whose clock is slow; 825 days in all, for some clients refuse
        // what is valid for longer.
        var draft = try CertificateDraft(adopting: copenssl_new_p256_key(), days: -1...824)
        draft.addToSubject("CN", subject)
        draft.add(NID_basic_constraints, "critical,CA:TRUE")
        draft.add(NID_key_usage, "critical,digitalSignature,keyCertSign")
        draft.add(NID_ext_key_usage, "serverAuth,clientAuth")
        draft.add(NID_subject_key_identifier, "hash")
        draft.add(names: names)
        return try draft.signed()
    }
}
