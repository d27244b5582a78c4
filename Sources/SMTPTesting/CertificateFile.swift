internal import BlackholePipeline
internal import Glibc
internal import Synchronization

/// A certificate in a file of its own, for clients that want a path; removed with its owner.
final class CertificateFile: Sendable {
    let path: String
    private let isThere = Atomic(true)

    /// Writes the file, which only its owner may read, to `TMPDIR` or else `/tmp`.
    init(_ text: String) throws(SystemError) {
        let folder = getenv("TMPDIR").map { String(cString: $0) } ?? ""
        let name = (folder.isEmpty ? "/tmp" : folder) + "/smtp-certificate-XXXXXX.pem"
        var template = Array(name.utf8CString)
        let descriptor = mkstemps(&template, Int32(".pem".utf8.count))
        guard descriptor >= 0 else { throw SystemError("make \(name)", code: errno) }
        defer { close(descriptor) }
        path = String(
            decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        try write(text, to: descriptor)
    }

    deinit { remove() }

    /// Removes the file; may be called again.
    func remove() {
        // Once: the name may be somebody else's after that.
        if isThere.exchange(false, ordering: .relaxed) { unlink(path) }
    }

    private func write(_ text: String, to descriptor: Int32) throws(SystemError) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw SystemError("write \(path)", code: errno) }
            rest = rest.dropFirst(count)
        }
    }
}
