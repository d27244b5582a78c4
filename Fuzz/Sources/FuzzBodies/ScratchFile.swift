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
    func write(_ bytes: [UInt8]) {
        let isWritten =
            ftruncate(fileno(stream), 0) == 0
            && pwrite(fileno(stream), bytes, bytes.count, 0) == bytes.count
        require(isWritten, "a file can be written")
    }
}
