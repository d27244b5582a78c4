internal import BlackholeCOpenSSL

/// A checksum of an attachment, which Mailpit's clients compare.
enum Checksum {
    case md5, sha1, sha256

    /// The checksum of these bytes, in small hexadecimal digits; empty where OpenSSL may not make it.
    func text(of bytes: [UInt8]) -> String {
        let algorithm =
            switch self {
            case .md5: EVP_md5()
            case .sha1: EVP_sha1()
            case .sha256: EVP_sha256()
            }
        var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var count: UInt32 = 0
        guard EVP_Digest(bytes, bytes.count, &digest, &count, algorithm, nil) == 1 else {
            return ""
        }
        return digest.prefix(Int(count)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
            .joined()
    }
}
