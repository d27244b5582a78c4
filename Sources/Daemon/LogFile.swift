internal import Glibc
internal import Synchronization

/// The log: a line is one `write`, and what cannot be written is lost and counted.
///
/// No failure of the log ends or delays the service: a disk that is full, a pipe that nobody reads.
/// It may be used from any thread. The process must ignore SIGPIPE.
package final class LogFile: Sendable {
    /// Nil for a standard stream, which cannot be opened again.
    private let place: FilePlace?
    private let owners: [uid_t]
    private let state: Mutex<State>

    private struct State: ~Copyable {
        var file: OpenFile
        /// The lines that could not be written since the last one that could.
        var linesLost = 0
        /// Whether the last byte in the file is the middle of a line that was cut short.
        var isMidLine = false
    }

    /// A pipe takes as many bytes at once without mixing them with others' (`PIPE_BUF`), and
    /// without making the writer wait once it is ready; longer lines are cut.
    private static let maximumLineLength = 4096

    /// Opens the log, or makes it with mode 0640.
    ///
    /// - Parameters:
    ///   - path: a regular file, a character device such as `/dev/null`, or a standard stream:
    ///     `-` and `/dev/stderr`, or `/dev/stdout`. It must mean the same from `/`, where a
    ///     service stands.
    ///   - account: who will serve, whose file it may be besides root's and our own.
    package convenience init(_ path: String, for account: Account) throws(StartError) {
        switch path {
        case "-", "/dev/stderr": try self.init(stream: STDERR_FILENO)
        case "/dev/stdout": try self.init(stream: STDOUT_FILENO)
        default:
            let place = FilePlace(path: path, name: "log file", option: "--log")
            let file = try LogFile.open(place, [account.uid])
            self.init(place, owners: [account.uid], file)
        }
    }

    /// Writes to a standard stream, by a descriptor of its own.
    package convenience init(stream: Int32) throws(StartError) {
        let copy = fcntl(stream, F_DUPFD_CLOEXEC, 3)
        guard copy >= 0 else {
            throw .call("log to descriptor \(stream)", code: errno, "name a file by --log")
        }
        self.init(nil, owners: [], OpenFile(owning: copy))
    }

    private init(_ place: FilePlace?, owners: [uid_t], _ file: consuming OpenFile) {
        self.place = place
        self.owners = owners
        state = Mutex(State(file: file))
    }

    /// Makes a regular file the account's, so that it can be opened again when privileges are gone;
    /// its group and mode stay.
    package func give(to account: Account) throws(StartError) {
        guard let place else { return }
        try state.withLock { state throws(StartError) in
            let status = try state.file.status(place)
            guard status.st_mode & S_IFMT == S_IFREG, status.st_uid != account.uid else { return }
            guard fchown(state.file.descriptor, account.uid, .max) == 0 else {
                throw place.failure(to: "give \(account.user)", code: errno)
            }
        }
    }

    /// Opens the path anew, for it may be another file now; when that fails the old one stays in
    /// use.
    package func reopen() throws(StartError) {
        guard let place else { return }
        try state.withLock { state throws(StartError) in
            state.file = try LogFile.open(place, owners)
            state.isMidLine = false
        }
    }

    /// Writes a line; what it quotes must be ``escaped(_:)``, and its end is added.
    package func write(_ line: String) {
        state.withLock { state in
            var bytes: [UInt8] = state.isMidLine ? [0x0A] : []
            if state.linesLost > 0 { bytes += Array("\(state.linesLost) lines lost\n".utf8) }
            bytes += line.utf8.prefix(LogFile.maximumLineLength - bytes.count - 1)
            bytes.append(0x0A)
            let count = LogFile.write(bytes, to: state.file.descriptor)
            if count == bytes.count {
                state.linesLost = 0
                state.isMidLine = false
            } else {
                state.linesLost += 1
                if count > 0 { state.isMidLine = bytes[count - 1] != 0x0A }
            }
        }
    }

    /// Writes without waiting.
    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int {
        // A standard stream is shared with others, who would not expect it to be non-blocking.
        var readiness = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        guard poll(&readiness, 1, 0) == 1, readiness.revents & Int16(POLLERR) == 0 else { return 0 }
        while true {
            let count = Glibc.write(descriptor, bytes, bytes.count)
            if count >= 0 || errno != EINTR { return count }
        }
    }

    private static func open(_ place: FilePlace, _ owners: [uid_t]) throws(StartError) -> OpenFile {
        let file = try OpenFile.existingOrNew(place, O_WRONLY | O_APPEND, mode: 0o640)
        let status = try file.status(place)
        // Only root makes devices, so it does not matter whose they are.
        if status.st_mode & S_IFMT == S_IFCHR { return file }
        if let fault = FilePlace.fault(of: status) { throw place.refusal(fault) }
        try file.requireOurs(place, status, owners: owners)
        return file
    }
}
