internal import COpenSSL

/// A certificate with its chain and private key.
///
/// It may go from thread to thread.
public final class TLSIdentity: Sendable {
    // OpenSSL's objects behind these are counted atomically, and never changed once it is made.
    nonisolated(unsafe) let certificate: OpaquePointer
    nonisolated(unsafe) let key: OpaquePointer
    nonisolated(unsafe) let chain: [OpaquePointer]
    /// Where the certificate is from, if it is from a file.
    let file: String?

    init(
        adopting certificate: OpaquePointer, key: OpaquePointer, chain: [OpaquePointer] = [],
        file: String? = nil
    ) {
        self.file = file
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
    /// - Parameters:
    ///   - certificateFile: the certificate, then its chain up to the root, which may be left out.
    ///   - keyFile: nil if the key is in the certificate's file.
    public convenience init(certificateFile: String, keyFile: String? = nil) throws(TLSError) {
        let certificates = try PEMFile.certificates(in: certificateFile)
        let key: OpaquePointer
        do throws(TLSError) {
            key = try PEMFile.privateKey(in: keyFile ?? certificateFile)
        } catch {
            for certificate in certificates { X509_free(certificate) }
            throw error
        }
        self.init(
            adopting: certificates[0], key: key, chain: Array(certificates.dropFirst()),
            file: certificateFile)
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

    /// Whether the certificate is for the host, by RFC 6125.
    func isFor(_ host: UnsafePointer<CChar>) -> Bool {
        X509_check_host(certificate, host, 0, 0, nil) == 1
    }
}
