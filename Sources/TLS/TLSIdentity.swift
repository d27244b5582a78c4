internal import BlackholeCOpenSSL

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
    /// The permission bits of the file that the key is from, if it is from a file.
    private let keyMode: UInt32?

    init(
        adopting certificate: OpaquePointer, key: OpaquePointer, chain: [OpaquePointer] = [],
        file: String? = nil, keyMode: UInt32? = nil
    ) {
        self.file = file
        self.keyMode = keyMode
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
        let (key, keyMode): (OpaquePointer, UInt32)
        do throws(TLSError) {
            (key, keyMode) = try PEMFile.privateKey(in: keyFile ?? certificateFile)
        } catch {
            for certificate in certificates { X509_free(certificate) }
            throw error
        }
        self.init(
            adopting: certificates[0], key: key, chain: Array(certificates.dropFirst()),
            file: certificateFile, keyMode: keyMode)
        ERR_clear_error()
        guard X509_check_private_key(certificate, key) == 1 else {
            ERR_clear_error()
            throw TLSError(
                .mismatch, file: keyFile ?? certificateFile,
                reason: "the private key is not that of the certificate in \(certificateFile)")
        }
    }

    /// Why the certificate, or one of its chain, would be refused for its dates; nil if they are
    /// right now.
    public var dateFault: String? {
        if let fault = TLSIdentity.dateFault(of: certificate) { return "the certificate \(fault)" }
        return chain.lazy.compactMap(TLSIdentity.dateFault).first
            .map { "a certificate of its chain \($0)" }
    }

    private static func dateFault(of certificate: OpaquePointer) -> String? {
        if X509_cmp_current_time(X509_get0_notAfter(certificate)) < 0 { return "has expired" }
        if X509_cmp_current_time(X509_get0_notBefore(certificate)) > 0 { return "is not valid yet" }
        return nil
    }

    /// Why the key's file does not keep it secret; nil if it does, or there is no such file.
    ///
    /// A group may read it, as `ssl-cert` does on Debian, but not write it.
    package var keyFault: String? {
        guard let keyMode, keyMode & 0o027 != 0 else { return nil }
        return "the private key is open to others (mode 0\(String(keyMode, radix: 8)))"
    }

    /// The SHA-256 fingerprint of the certificate: `AB:CD:…`.
    public var fingerprint: String {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Int(EVP_MAX_MD_SIZE)) { room in
            var count: UInt32 = 0
            guard X509_digest(certificate, EVP_sha256(), room.baseAddress, &count) == 1 else {
                return ""
            }
            return room[..<Int(count)].map { byte in
                let digits = String(byte, radix: 16, uppercase: true)
                return byte < 16 ? "0" + digits : digits
            }.joined(separator: ":")
        }
    }

    /// Whether the certificate is for the host, by RFC 6125.
    func isFor(_ host: UnsafePointer<CChar>) -> Bool {
        X509_check_host(certificate, host, 0, 0, nil) == 1
    }
}
