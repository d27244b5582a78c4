internal import BlackholeCOpenSSL

/// A certificate that is being written (RFC 5280), with its key; to be signed at the end.
struct CertificateDraft: ~Copyable {
    private let certificate: OpaquePointer
    private let key: OpaquePointer
    /// Nil for a self-signed one.
    private let issuer: TLSIdentity?
    /// Whether OpenSSL has taken everything so far.
    private var isSound: Bool

    /// Begins a certificate.
    ///
    /// - Parameters:
    ///   - key: its key, which is the draft's from here on.
    ///   - issuer: signs it; nil if its own key does.
    ///   - days: when it is valid, in days from now.
    init(
        adopting key: OpaquePointer?, by issuer: TLSIdentity? = nil, days: ClosedRange<Int>
    ) throws(TLSError) {
        guard let key else { throw .fromQueue(.key, otherwise: "no key could be made") }
        guard let certificate = X509_new() else {
            EVP_PKEY_free(key)
            throw .fromQueue(.certificate, otherwise: "no certificate could be made")
        }
        self.certificate = certificate
        self.key = key
        self.issuer = issuer
        // Positive, and of at most 20 bytes (RFC 5280 §4.1.2.2).
        let serial = UInt64.random(in: 1...UInt64(Int64.max))
        isSound =
            X509_set_version(certificate, 2) == 1
            && ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial) == 1
            && X509_gmtime_adj(X509_getm_notBefore(certificate), days.lowerBound * 86_400) != nil
            && X509_gmtime_adj(X509_getm_notAfter(certificate), days.upperBound * 86_400) != nil
            && X509_set_pubkey(certificate, key) == 1
    }

    deinit {
        X509_free(certificate)
        EVP_PKEY_free(key)
    }

    /// Copies the subject of another certificate.
    mutating func copySubject(of other: TLSIdentity) {
        let subject = X509_get_subject_name(other.certificate)
        isSound = isSound && X509_set_subject_name(certificate, subject) == 1
    }

    /// Adds to the subject: `CN`, `localhost`.
    mutating func addToSubject(_ field: String, _ text: String) {
        // No attribute of ours may be longer (RFC 5280 appendix A.1).
        let bytes = Array(text.utf8.prefix(64))
        let name = X509_get_subject_name(certificate)
        isSound =
            isSound
            && X509_NAME_add_entry_by_txt(
                name, field, MBSTRING_UTF8, bytes, Int32(bytes.count), -1, 0) == 1
    }

    /// Adds an extension, in the words of OpenSSL's configuration.
    mutating func add(_ identifier: Int32, _ value: String) {
        var context = X509V3_CTX()
        X509V3_set_ctx(&context, issuer?.certificate ?? certificate, certificate, nil, nil, 0)
        let entry = X509V3_EXT_conf_nid(nil, &context, identifier, value)
        defer { X509_EXTENSION_free(entry) }
        isSound = isSound && entry != nil && X509_add_ext(certificate, entry, -1) == 1
    }

    /// Adds the host names and IP addresses that the certificate is for, if there are any.
    mutating func add(names: [String]) {
        guard !names.isEmpty else { return }
        let alternatives = names.map { name in
            CertificateDraft.isAddress(name) ? "IP:\(name)" : "DNS:\(name)"
        }
        add(NID_subject_alt_name, alternatives.joined(separator: ","))
    }

    /// Copies the names that another certificate is for; false if it has no subjectAltName.
    mutating func copyNames(of other: TLSIdentity) -> Bool {
        let index = X509_get_ext_by_NID(other.certificate, NID_subject_alt_name, -1)
        guard index >= 0 else { return false }
        let names = X509_get_ext(other.certificate, index)
        isSound = isSound && X509_add_ext(certificate, names, -1) == 1
        return true
    }

    /// Signs the certificate; the issuer and its chain are the identity's chain.
    consuming func signed() throws(TLSError) -> TLSIdentity {
        let issuerName = X509_get_subject_name(issuer?.certificate ?? certificate)
        // By the digest that suits the issuer's key: some keys have none.
        guard isSound, X509_set_issuer_name(certificate, issuerName) == 1,
            X509_sign(certificate, issuer?.key ?? key, nil) > 0
        else { throw .fromQueue(.certificate, otherwise: "no certificate was made") }
        let chain = issuer.map { [$0.certificate] + $0.chain } ?? []
        for certificate in chain + [certificate] { X509_up_ref(certificate) }
        EVP_PKEY_up_ref(key)
        return TLSIdentity(adopting: certificate, key: key, chain: chain)
    }

    /// Whether a certificate may have the name: graphic ASCII, and no comma, which separates names.
    static func isName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x2C }
    }

    private static func isAddress(_ name: String) -> Bool {
        guard let bytes = a2i_IPADDRESS(name) else { return false }
        ASN1_OCTET_STRING_free(bytes)
        return true
    }
}
