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
        let names = names.filter(isName)
        guard !names.isEmpty else {
            throw TLSError(.setting, reason: "a certificate needs a name that may stand in one")
        }
        guard let key = copenssl_new_p256_key(), let certificate = X509_new() else {
            throw .fromQueue(.key, otherwise: "no key could be made")
        }
        let identity = TLSIdentity(adopting: certificate, key: key)
        let name = X509_get_subject_name(certificate)
        let subject = Array((names.first ?? "localhost").utf8.prefix(64))
        let isMade =
            X509_set_version(certificate, 2) == 1 && setSerial(of: certificate)
            // A day back, for clients whose clock is slow; 825 days in all, for some clients refuse
            // what is valid for longer.
            && X509_gmtime_adj(X509_getm_notBefore(certificate), -86_400) != nil
            && X509_gmtime_adj(X509_getm_notAfter(certificate), 824 * 86_400) != nil
            && X509_NAME_add_entry_by_txt(
                name, "CN", MBSTRING_UTF8, subject, Int32(subject.count), -1, 0) == 1
            && X509_set_issuer_name(certificate, name) == 1
            && X509_set_pubkey(certificate, key) == 1
            && addExtensions(to: certificate, names: names)
            && X509_sign(certificate, key, EVP_sha256()) > 0
        guard isMade else { throw .fromQueue(.certificate, otherwise: "no certificate was made") }
        return identity
    }

    private static func setSerial(of certificate: OpaquePointer) -> Bool {
        // Positive, and of at most 20 bytes (RFC 5280 §4.1.2.2).
        let serial = UInt64.random(in: 1...UInt64(Int64.max))
        return ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial) == 1
    }

    private static func addExtensions(to certificate: OpaquePointer, names: [String]) -> Bool {
        let alternatives = names.map { name in
            isAddress(name) ? "IP:\(name)" : "DNS:\(name)"
        }.joined(separator: ",")
        let extensions: [(Int32, String)] = [
            (NID_basic_constraints, "critical,CA:TRUE"),
            (NID_key_usage, "critical,digitalSignature,keyCertSign"),
            (NID_ext_key_usage, "serverAuth,clientAuth"),
            (NID_subject_key_identifier, "hash"),
            (NID_subject_alt_name, alternatives),
        ]
        return extensions.allSatisfy { identifier, value in
            var context = X509V3_CTX()
            X509V3_set_ctx(&context, certificate, certificate, nil, nil, 0)
            guard let entry = X509V3_EXT_conf_nid(nil, &context, identifier, value) else {
                return false
            }
            defer { X509_EXTENSION_free(entry) }
            return X509_add_ext(certificate, entry, -1) == 1
        }
    }

    /// Whether a certificate may have it: graphic ASCII, and no comma, which separates names.
    private static func isName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x2C }
    }

    private static func isAddress(_ name: String) -> Bool {
        guard let bytes = a2i_IPADDRESS(name) else { return false }
        ASN1_OCTET_STRING_free(bytes)
        return true
    }
}
