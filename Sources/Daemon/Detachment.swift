internal import BlackholeCLinux
internal import Glibc

/// How a process leaves the terminal that it was started from.
package enum Detachment {
    /// Which of the two processes ``Detachment/begin(keeping:)`` returns in.
    package enum Role: ~Copyable {
        /// The one that was started: it ends now with this code.
        case caller(exitCode: Int32)
        /// The one that will serve, and must say when it does.
        case service(Readiness)
    }

    /// Splits the process in two: the service, and the caller, who waits until the service is
    /// ready, has failed, or is dead.
    ///
    /// The service has a session of its own and no way to a terminal, stands in `/`, has umask 022,
    /// and keeps the standard streams until ``Readiness/ready()``, so that its errors are seen;
    /// every other descriptor is closed in it. Locks of the process (``PidFile``) do not pass on to
    /// it.
    ///
    /// No thread may have been started yet, for it would exist in the caller only.
    ///
    /// - Parameter descriptors: what the service needs open besides the standard streams.
    /// - Throws: in the caller, also when the service ended without a word (`EX_SOFTWARE`).
    package static func begin(keeping descriptors: [Int32] = []) throws(StartError) -> Role {
        let null = try StandardStreams.openNull()
        var ends: [Int32] = [-1, -1]
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, type, 0, &ends) == 0 else {
            throw .call("detach", code: errno)
        }
        let callers = OpenFile(owning: ends[0])
        let services = OpenFile(owning: ends[1])
        // Or both processes would write what waits in the buffers.
        fflush(nil)
        let child = fork()
        guard child >= 0 else { throw .call("start a process", code: errno) }
        if child > 0 {
            end(services)
            end(null)
            return .caller(exitCode: try outcome(of: child, callers))
        }
        becomeService()
        end(callers)
        closeAll(but: descriptors + [null.descriptor, services.descriptor])
        return .service(Readiness(channel: services, null: null))
    }

    private static func end(_ file: consuming OpenFile) {}

    /// Goes on in a grandchild, which leads no session and so can never come by a terminal.
    private static func becomeService() {
        guard setsid() >= 0 else { _exit(errno) }
        let child = fork()
        if child != 0 { _exit(child > 0 ? 0 : errno) }
        umask(0o022)
        _ = chdir("/")
    }

    private static func closeAll(but kept: [Int32]) {
        var first: UInt32 = 3
        for descriptor in Set(kept).sorted() where descriptor >= 3 {
            let number = UInt32(descriptor)
            // A kernel before 5.9 cannot, and then they stay open.
            if first < number { _ = close_range(first, number - 1, 0) }
            first = number + 1
        }
        _ = close_range(first, .max, 0)
    }

    /// Waits for the child, which ends at once, and for the word of the grandchild.
    private static func outcome(
        of child: pid_t, _ channel: borrowing OpenFile
    ) throws(StartError) -> Int32 {
        var status: Int32 = 0
        // It fails when a parent of ours ignores SIGCHLD; then the channel alone tells.
        while waitpid(child, &status, 0) < 0 && errno == EINTR {}
        let code = status >> 8 & 0xFF
        guard code == 0 else { throw .call("detach", code: code) }
        var word: UInt8 = 0
        while true {
            switch read(channel.descriptor, &word, 1) {
            case 1: return Int32(word)
            case -1 where errno == EINTR: continue
            default:
                throw StartError(
                    "the service ended before it was ready; see the log, or run it in the "
                        + "foreground", exitCode: EX_SOFTWARE)
            }
        }
    }
}
