import Glibc

/// A file without a name, which others may open nevertheless.
final class ScratchFile {
    private let stream: UnsafeMutablePointer<FILE>

    init() {
        guard let stream = tmpfile() else { fatalError("there is no room for a file") }
        self.stream = stream
    }

    deinit { fclose(stream) }

    var path: String { "/proc/self/fd/\(fileno(stream))" }

    /// Replaces what is in it.
    func write(_ octets: [UInt8]) {
        let isWritten =
            ftruncate(fileno(stream), 0) == 0
            && pwrite(fileno(stream), octets, octets.count, 0) == octets.count
        require(isWritten, "a file can be written")
    }
}
