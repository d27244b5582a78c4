internal import Glibc

/// A regular file, read whole, at a path that may lead to anything.
///
/// Whatever is there, opening it neither waits nor starts anything: a named pipe or a device is
/// refused, and so is a file too large to be what was asked for.
package struct RegularFile {
    /// Why a file cannot be read, in words that follow its path.
    package struct Fault: Error {
        package let reason: String

        fileprivate static func current() -> Fault {
            Fault(reason: String(cString: strerror(errno)))
        }
    }

    /// The largest file that is read.
    package static let maximumBytes = 1 << 20

    package let bytes: [UInt8]
    /// The permission bits, as the file had them when it was opened.
    package let mode: UInt32

    /// Reads a file.
    ///
    /// - Parameter most: the bytes that it may have.
    package init(_ path: String, most: Int = maximumBytes) throws(Fault) {
        guard !path.utf8.contains(0) else { throw Fault(reason: "not a path") }
        // Without O_NONBLOCK, opening a named pipe waits for somebody who writes to it.
        let number = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard number >= 0 else { throw .current() }
        let file = Descriptor(owning: number)
        var status = stat()
        guard fstat(file.number, &status) == 0 else { throw .current() }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw Fault(reason: "not a regular file")
        }
        mode = status.st_mode & 0o7777
        bytes = try RegularFile.bytes(of: file, most)
    }

    private static func bytes(
        of file: borrowing Descriptor, _ most: Int
    ) throws(Fault) -> [UInt8] {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(file.number, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .current() }
            guard count > 0 else { return bytes }
            bytes += piece[..<count]
            guard bytes.count <= most else {
                throw Fault(reason: "larger than \(most) bytes")
            }
        }
    }
}
