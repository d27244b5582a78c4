internal import BlackholeCOpenSSL
internal import BlackholePipeline

/// Reads PEM files.
enum PEMFile {
    /// The certificates of a file, one at least, in their order.
    static func certificates(
        in path: String, _ kind: TLSError.Kind = .certificate
    ) throws(TLSError) -> [OpaquePointer] {
        let bio = memory(try file(path).bytes)
        defer { BIO_free(bio) }
        return try certificates(in: bio, kind, file: path)
    }

    /// The certificates to trust of a text.
    static func certificates(inText text: String) throws(TLSError) -> [OpaquePointer] {
        let bio = memory(Array(text.utf8))
        defer { BIO_free(bio) }
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

    /// The private key of a file, and the file's permission bits.
    static func privateKey(
        in path: String
    ) throws(TLSError) -> (key: OpaquePointer, mode: UInt32) {
        let file = try file(path)
        let bio = memory(file.bytes)
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
            return (key, file.mode)
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

    private static func file(_ path: String) throws(TLSError) -> RegularFile {
        do throws(RegularFile.Fault) {
            return try RegularFile(path)
        } catch {
            throw TLSError(.unreadable, file: path, reason: error.reason)
        }
    }

    /// What OpenSSL reads the bytes from; the caller's to free, and its memory is cleared then.
    private static func memory(_ bytes: [UInt8]) -> OpaquePointer? {
        ERR_clear_error()
        let bio = BIO_new(BIO_s_mem())
        // At its end it ends, as a file does, and does not ask to be tried again later.
        BIO_ctrl(bio, BIO_C_SET_BUF_MEM_EOF_RETURN, 0, nil)
        _ = BIO_write(bio, bytes, Int32(clamping: bytes.count))
        return bio
    }
}
