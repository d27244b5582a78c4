import Glibc

/// A copy of this process that runs one closure; for the processes of exit tests, which are quiet.
///
/// Its exit code is what the closure returns: a number of the test's, or 99 for an error.
struct Fork: Sendable {
    let id: pid_t

    init(_ body: () throws -> Int32) {
        id = fork()
        precondition(id >= 0, "a process can be started")
        if id == 0 { _exit((try? body()) ?? 99) }
    }

    /// Waits for the end.
    ///
    /// - Returns: the exit code, or minus the signal that ended it.
    @discardableResult
    func wait() -> Int32 {
        var status: Int32 = 0
        while waitpid(id, &status, 0) < 0 && errno == EINTR {}
        return status & 0x7F == 0 ? status >> 8 & 0xFF : -(status & 0x7F)
    }

    func end() {
        kill(id, SIGKILL)
        wait()
    }
}

/// Something that one process waits for and another gives.
struct Gate: Sendable {
    let descriptors: [Int32]

    init() {
        var ends: [Int32] = [-1, -1]
        precondition(pipe(&ends) == 0, "a pipe can be made")
        descriptors = ends
    }

    func open(for count: Int = 1) {
        _ = write(descriptors[1], [UInt8](repeating: 1, count: count), count)
    }

    /// Waits, and ends the process when nobody opens within 20 seconds.
    func wait() {
        var readiness = pollfd(fd: descriptors[0], events: Int16(POLLIN), revents: 0)
        guard poll(&readiness, 1, 20_000) == 1 else { _exit(98) }
        var word: UInt8 = 0
        _ = read(descriptors[0], &word, 1)
    }
}
