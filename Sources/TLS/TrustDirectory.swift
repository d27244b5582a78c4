internal import Glibc

/// A directory of certificates to trust, which OpenSSL looks up by hashed names.
///
/// OpenSSL opens a file of it during a handshake, on a loop's thread, where nothing may wait.
package enum TrustDirectory {
    /// The names under which OpenSSL finds certificates: `5ed36f99.0`, for example.
    ///
    /// - Throws: when the directory cannot be read, or one of the names leads to something that
    ///   is not a regular file.
    package static func hashedNames(in path: String) throws(TLSError) -> [String] {
        guard let directory = opendir(path) else {
            throw TLSError(.unreadable, file: path, reason: String(cString: strerror(errno)))
        }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard name.wholeMatch(of: /[0-9a-f]{8}\.[0-9]+/) != nil else { continue }
            try requireRegularFile("\(path)/\(name)")
            names.append(name)
        }
        return names
    }

    private static func requireRegularFile(_ path: String) throws(TLSError) {
        var status = stat()
        // OpenSSL passes over a link that leads nowhere.
        guard stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG else { return }
        throw TLSError(.trust, file: path, reason: "not a regular file")
    }
}
