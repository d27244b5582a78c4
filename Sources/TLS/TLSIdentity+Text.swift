internal import BlackholeCOpenSSL

extension TLSIdentity {
    /// The certificate in PEM, for a client that is to trust it.
    public var certificatePEM: String {
        TLSIdentity.text { PEM_write_bio_X509($0, certificate) }
    }

    /// The private key in PEM, without a passphrase: whoever has it can pass for the server.
    package var privateKeyPEM: String {
        TLSIdentity.text { PEM_write_bio_PrivateKey($0, key, nil, nil, 0, nil, nil) }
    }

    /// The names that the certificate is for: `DNS:localhost, IP Address:127.0.0.1`; empty if it has
    /// no subjectAltName.
    package var namesText: String {
        let index = X509_get_ext_by_NID(certificate, NID_subject_alt_name, -1)
        guard index >= 0, let names = X509_get_ext(certificate, index) else { return "" }
        return TLSIdentity.text { X509V3_EXT_print($0, names, 0, 0) }
    }

    /// The last moment at which the certificate is valid: `Jun  1 12:00:00 2027 GMT`.
    package var expiryText: String {
        TLSIdentity.text { ASN1_TIME_print($0, X509_get0_notAfter(certificate)) }
    }

    /// What OpenSSL writes into a BIO; empty if it fails.
    private static func text(_ write: (OpaquePointer) -> Int32) -> String {
        guard let bio = BIO_new(BIO_s_mem()) else { return "" }
        defer { BIO_free(bio) }
        guard write(bio) == 1 else {
            ERR_clear_error()
            return ""
        }
        var bytes: UnsafeMutablePointer<CChar>?
        let count = copenssl_memory(bio, &bytes)
        return String(
            decoding: UnsafeRawBufferPointer(start: bytes, count: count), as: UTF8.self)
    }
}
