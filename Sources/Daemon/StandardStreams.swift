internal import Glibc

/// The descriptors 0, 1 and 2.
package enum StandardStreams {
    /// Opens `/dev/null` for those that are closed: otherwise the next file or socket would get the
    /// number, and then what is written for the terminal.
    package static func complete() throws(StartError) {
        _ = try openNull()
    }

    /// Opens `/dev/null`, above the standard streams and for each of them that is closed.
    static func openNull() throws(StartError) -> OpenFile {
        while true {
            let descriptor = open("/dev/null", O_RDWR | O_CLOEXEC)
            guard descriptor >= 0 else { throw .call("open /dev/null", code: errno) }
            if descriptor > STDERR_FILENO { return OpenFile(owning: descriptor) }
            _ = fcntl(descriptor, F_SETFD, 0)
        }
    }

    static func replace(by file: borrowing OpenFile) {
        fflush(nil)
        for stream in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] {
            while dup2(file.descriptor, stream) < 0 && errno == EINTR {}
        }
    }
}
