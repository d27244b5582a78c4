internal import COpenSSL
internal import Glibc

/// Reads PEM files.
enum PEMFile {
    /// The certificates of a file, one at least, in their order.
    static func certificates(
        in path: String, _ kind: TLSError.Kind = .certificate
    ) throws(TLSError) -> [OpaquePointer] {
        let bio = try open(path)
        defer { BIO_free(bio) }
        return try certificates(in: bio, kind, file: path)
    }

    /// The certificates to trust of a text.
    static func certificates(inText text: String) throws(TLSError) -> [OpaquePointer] {
        ERR_clear_error()
        let bio = BIO_new(BIO_s_mem())
        defer { BIO_free(bio) }
        var text = text
        text.withUTF8 { octets in
            _ = BIO_write(bio, octets.baseAddress, Int32(clamping: octets.count))
        }
        return try certificates(in: bio, .trust, file: nil)
    }

    private static func certificates(
        in bio: OpaquePointer?, _ kind: TLSError.Kind, file path: String?
    ) throws(TLSError) -> [OpaquePointer] {
        var certificates: [OpaquePointer] = []
        // Nobody is asked for a passphrase, were there one.
        while let certificate = PEM_read_bio_X509_AUX(bio, nil, { _, _, _, _ in -1 }, nil) {
            certificates.append(certificate)
        }
        // The end of the file is an error too: that there is no further PEM block.
        let code = ERR_peek_last_error()
        let isAtEnd =
            ERR_GET_LIB(code) == ERR_LIB_PEM && ERR_GET_REASON(code) == PEM_R_NO_START_LINE
        guard isAtEnd, !certificates.isEmpty else {
            for certificate in certificates { X509_free(certificate) }
            if isAtEnd {
                ERR_clear_error()
                throw TLSError(kind, file: path, reason: "no certificate in PEM form")
            }
            throw malformed(kind, file: path, "malformed certificate")
        }
        ERR_clear_error()
        return certificates
    }

    /// The private key of a file.
    static func privateKey(in path: String) throws(TLSError) -> OpaquePointer {
        let bio = try open(path)
        defer { BIO_free(bio) }
        var wantsPassphrase = false
        let key = withUnsafeMutablePointer(to: &wantsPassphrase) { wants in
            PEM_read_bio_PrivateKey(
                bio, nil,
                { _, _, _, argument in
                    argument?.assumingMemoryBound(to: Bool.self).pointee = true
                    return -1
                }, wants)
        }
        if let key {
            ERR_clear_error()
            return key
        }
        if wantsPassphrase {
            ERR_clear_error()
            throw TLSError(
                .passphrase, file: path,
                reason: "the private key is under a passphrase, which nobody is asked for; "
                    + "remove it with: openssl pkey -in \(path) -out plain.key")
        }
        let code = ERR_peek_last_error()
        let isNone =
            ERR_GET_LIB(code) == ERR_LIB_PEM && ERR_GET_REASON(code) == PEM_R_NO_START_LINE
        // What no decoder takes is "unsupported", which tells nobody anything.
        if isNone || ERR_GET_LIB(code) == ERR_LIB_OSSL_DECODER {
            ERR_clear_error()
            throw TLSError(.key, file: path, reason: "no private key in PEM form")
        }
        throw malformed(.key, file: path, "malformed private key")
    }

    private static func malformed(
        _ kind: TLSError.Kind, file path: String?, _ reason: String
    ) -> TLSError {
        // The oldest error is the cause; those behind it tell who was concerned.
        let cause = ERR_reason_error_string(ERR_peek_error()).map { String(cString: $0) }
        ERR_clear_error()
        return TLSError(kind, file: path, reason: cause.map { "\(reason): \($0)" } ?? reason)
    }

    private static func open(_ path: String) throws(TLSError) -> OpaquePointer {
        ERR_clear_error()
        errno = 0
        guard let bio = BIO_new_file(path, "r") else {
            let code = errno
            ERR_clear_error()
            throw TLSError(.unreadable, file: path, reason: String(cString: strerror(code)))
        }
        return bio
    }
}
