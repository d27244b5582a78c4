internal import Glibc

/// How loops and signals tell the main thread of something: a pipe that it polls.
package final class Bell: Sendable {
    /// What is told.
    package enum Signal: UInt8, Sendable {
        /// A worker has nothing more to do.
        case done = 1
        /// A worker holds all of its connections, or has lost one.
        case held
        /// The user wants it to end.
        case interrupted
        /// Standard input is closed.
        case inputEnded
    }

    private let reading: Int32
    private let writing: Int32

    package init() {
        var ends: (Int32, Int32) = (-1, -1)
        let result = withUnsafeMutableBytes(of: &ends) { room in
            pipe(room.bindMemory(to: Int32.self).baseAddress)
        }
        precondition(result == 0, "there are descriptors for a pipe")
        (reading, writing) = ends
        for end in [reading, writing] { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    }

    deinit {
        close(reading)
        close(writing)
    }

    /// Tells of something, from any thread.
    package func ring(_ signal: Signal) {
        Bell.ring(signal, at: writing)
    }

    private static func ring(_ signal: Signal, at descriptor: Int32) {
        var byte = signal.rawValue
        // A pipe that is full has rung already.
        _ = write(descriptor, &byte, 1)
    }

    /// Has SIGINT and SIGTERM ring, the first time; the second ends the process.
    package func hearSignals() {
        Bell.signalled = writing
        // Whoever started this process may have blocked them.
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in [SIGINT, SIGTERM] { sigaddset(&signals, number) }
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
        for number in [SIGINT, SIGTERM] {
            signal(number) { number in
                let code = errno
                Bell.ring(.interrupted, at: Bell.signalled)
                signal(number, SIG_DFL)
                errno = code
            }
        }
    }

    /// Set once, before any signal can come.
    nonisolated(unsafe) private static var signalled: Int32 = -1

    /// Waits for a signal, or for the end of standard input where that is asked for.
    ///
    /// - Returns: nil when nothing was told in time.
    package func wait(milliseconds: Int32, forInput: Bool = false) -> Signal? {
        var polled = [
            pollfd(fd: reading, events: Int16(POLLIN), revents: 0),
            pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
        ]
        let count: nfds_t = forInput && Bell.hasInput ? 2 : 1
        guard poll(&polled, count, milliseconds) > 0 else { return nil }
        var bytes = [UInt8](repeating: 0, count: 256)
        if polled[0].revents != 0 {
            guard read(reading, &bytes, 1) == 1 else { return nil }
            return Signal(rawValue: bytes[0])
        }
        return read(STDIN_FILENO, &bytes, bytes.count) > 0 ? nil : .inputEnded
    }

    /// Whether somebody may end standard input: nobody ends /dev/null, or a file.
    private static let hasInput: Bool = {
        var status = stat()
        guard fstat(STDIN_FILENO, &status) == 0 else { return false }
        let kind = status.st_mode & S_IFMT
        return kind == S_IFIFO || kind == S_IFSOCK || isatty(STDIN_FILENO) == 1
    }()
}
