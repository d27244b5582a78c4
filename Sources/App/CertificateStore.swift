import BlackholeDaemon
import BlackholeSink
import BlackholeTLS
import Glibc

/// A file with a private key and its certificate, made once and kept: what `--ssl_cert` alone can
/// serve, and what clients of the same user can trust.
struct CertificateStore {
    let identity: TLSIdentity
    /// Whether the file was there before.
    let isKept: Bool

    /// Writes a new file, or keeps a good one that is there.
    ///
    /// Nothing is ever overwritten, and no symbolic link is followed to write.
    init(_ path: String, names: [String]) throws(StartError) {
        let identity: TLSIdentity
        do throws(TLSError) {
            identity = try TLSIdentity.selfSigned(names: names)
        } catch {
            throw .tls(error)
        }
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let descriptor = open(path, flags, 0o600)
        if descriptor < 0, errno == EEXIST {
            self.identity = try CertificateStore.kept(path)
            isKept = true
            return
        }
        guard descriptor >= 0 else { throw .cannotCreate(path, errno) }
        defer { close(descriptor) }
        let code = CertificateStore.write(
            identity.privateKeyPEM + identity.certificatePEM, to: descriptor)
        guard code == 0 else {
            unlink(path)
            throw .cannotCreate(path, code)
        }
        self.identity = identity
        isKept = false
    }

    private static func kept(_ path: String) throws(StartError) -> TLSIdentity {
        let fault: String
        do throws(TLSError) {
            let identity = try TLSIdentity(certificateFile: path)
            guard let dateFault = identity.dateFault else { return identity }
            fault = "\(path): \(dateFault)"
        } catch {
            fault = error.description
        }
        throw StartError(
            "\(fault); nothing is overwritten: remove the file, or choose another --out",
            exitCode: EX_CONFIG)
    }

    /// Writes all of a text, to the disk.
    ///
    /// - Returns: 0, or what went wrong as an error number.
    private static func write(_ text: String, to descriptor: Int32) -> Int32 {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return count < 0 ? errno : EIO }
            rest = rest.dropFirst(count)
        }
        // Some devices cannot: then there is nothing to wait for.
        return fsync(descriptor) == 0 || errno == EINVAL ? 0 : errno
    }
}

extension StartError {
    fileprivate static func cannotCreate(_ path: String, _ code: Int32) -> StartError {
        StartError(
            "cannot write \(path): \(String(cString: strerror(code))); choose another --out",
            exitCode: EX_CANTCREAT)
    }
}
