internal import COpenSSL
internal import Glibc

/// A certificate with its chain and private key.
///
/// OpenSSL's objects behind it are counted atomically and never changed after the initialiser:
/// therefore it may go from thread to thread.
public final class TLSIdentity: @unchecked Sendable {
    let certificate: OpaquePointer
    let key: OpaquePointer
    let chain: [OpaquePointer]

    init(adopting certificate: OpaquePointer, key: OpaquePointer, chain: [OpaquePointer] = []) {
        self.certificate = certificate
        self.key = key
        self.chain = chain
    }

    deinit {
        X509_free(certificate)
        EVP_PKEY_free(key)
        for certificate in chain { X509_free(certificate) }
    }

    /// Reads a certificate, the chain behind it, and its private key from PEM files.
    ///
    /// - Parameter keyFile: nil if the key is in the certificate's file.
    public convenience init(certificateFile: String, keyFile: String? = nil) throws(TLSError) {
        let certificates = try PEMFile.certificates(in: certificateFile)
        let key: OpaquePointer
        do throws(TLSError) {
            key = try PEMFile.privateKey(in: keyFile ?? certificateFile)
        } catch {
            for certificate in certificates { X509_free(certificate) }
            throw error
        }
        self.init(adopting: certificates[0], key: key, chain: Array(certificates.dropFirst()))
        ERR_clear_error()
        guard X509_check_private_key(certificate, key) == 1 else {
            ERR_clear_error()
            throw TLSError(
                .mismatch, file: keyFile ?? certificateFile,
                reason: "the private key is not that of the certificate in \(certificateFile)")
        }
    }

    /// Why the certificate would be refused for its dates; nil if they are right now.
    public var dateFault: String? {
        if X509_cmp_current_time(X509_get0_notAfter(certificate)) < 0 {
            return "the certificate has expired"
        }
        if X509_cmp_current_time(X509_get0_notBefore(certificate)) > 0 {
            return "the certificate is not valid yet"
        }
        return nil
    }

    /// The SHA-256 fingerprint of the certificate: `AB:CD:…`.
    public var fingerprint: String {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Int(EVP_MAX_MD_SIZE)) { room in
            var count: UInt32 = 0
            guard X509_digest(certificate, EVP_sha256(), room.baseAddress, &count) == 1 else {
                return ""
            }
            return room[..<Int(count)].map { octet in
                let digits = String(octet, radix: 16, uppercase: true)
                return octet < 16 ? "0" + digits : digits
            }.joined(separator: ":")
        }
    }

    /// The certificate in PEM, for a client that is to trust it.
    public var certificatePEM: String {
        guard let bio = BIO_new(BIO_s_mem()) else { return "" }
        defer { BIO_free(bio) }
        guard PEM_write_bio_X509(bio, certificate) == 1 else { return "" }
        var octets: UnsafeMutablePointer<CChar>?
        let count = copenssl_memory(bio, &octets)
        return String(
            decoding: UnsafeRawBufferPointer(start: octets, count: count), as: UTF8.self)
    }

    /// Whether the certificate is for the host, by RFC 6125.
    func isFor(_ host: UnsafePointer<CChar>) -> Bool {
        X509_check_host(certificate, host, 0, 0, nil) == 1
    }
}

/// Reads PEM files.
enum PEMFile {
    /// The certificates of a file, one at least, in their order.
    static func certificates(in path: String) throws(TLSError) -> [OpaquePointer] {
        let bio = try open(path)
        defer { BIO_free(bio) }
        var certificates: [OpaquePointer] = []
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
                throw TLSError(.certificate, file: path, reason: "no certificate in PEM form")
            }
            throw .fromQueue(.certificate, file: path, otherwise: "malformed certificate")
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
        if ERR_GET_LIB(code) == ERR_LIB_PEM, ERR_GET_REASON(code) == PEM_R_NO_START_LINE {
            ERR_clear_error()
            throw TLSError(.key, file: path, reason: "no private key in PEM form")
        }
        throw .fromQueue(.key, file: path, otherwise: "malformed private key")
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
