internal import Glibc

/// The file that holds this process's number, locked as long as the process lives.
///
/// The lock and not the text says who runs: it ends with its holder, however that ends. It is a
/// POSIX record lock, so take the file in the process that will serve, after the last `fork`, and
/// do not call ``state(of:)`` or ``removeLeftover(_:)`` for it there: closing their descriptors
/// would give the lock up. The value must live as long as the process serves.
package struct PidFile: ~Copyable {
    /// The process that the file named when it was found without a lock: it did not stop properly.
    package let replacedStale: Int32?
    private let file: OpenFile
    private let place: FilePlace

    private static let maximumAttempts = 100
    private static let mode: mode_t = 0o644

    /// Makes the file, or takes over one that nobody holds.
    package static func take(_ path: String) throws(StartError) -> PidFile {
        let place = place(path)
        for _ in 0..<maximumAttempts {
            let file = try OpenFile.existingOrNew(place, O_RDWR, mode: mode)
            let status = try file.status(place)
            if status.st_nlink == 0 { continue }
            try requirePlain(place, status)
            try file.requireOurs(place, status)
            guard try RecordLock.take(file, place) else {
                if let error = refusal(of: file, place) { throw error }
                continue
            }
            // Between the open and the lock the one who held it may have removed it.
            guard file.isStill(at: path) else { continue }
            let old = try Contents(of: file, place)
            // A file of ours that others may write to would let them pass for the server.
            _ = fchmod(file.descriptor, mode)
            try write(to: file, place)
            return PidFile(replacedStale: old.process, file: file, place: place)
        }
        throw place.refusal("is made and removed again and again: find out by whom")
    }

    /// Removes the file, or empties it where the directory is not ours to remove from, as after
    /// privileges were dropped; and gives up the lock.
    package consuming func release() {
        guard file.isStill(at: place.path) else { return }
        if unlink(place.path) != 0 { ftruncate(file.descriptor, 0) }
    }

    private static func place(_ path: String) -> FilePlace {
        FilePlace(path: path, name: "pid file", option: "--pid")
    }

    private static func requirePlain(_ place: FilePlace, _ status: stat) throws(StartError) {
        if let fault = FilePlace.fault(of: status) { throw place.refusal(fault) }
    }

    /// Why the lock is not to be had; nil when it is free again.
    private static func refusal(of file: borrowing OpenFile, _ place: FilePlace) -> StartError? {
        if let writer = RecordLock.writer(of: file) { return running(writer, place) }
        guard let reader = RecordLock.holder(of: file) else { return nil }
        return place.refusal("is locked by \(name(of: reader)): stop that", EX_UNAVAILABLE)
    }

    private static func running(_ holder: RecordLock.Holder, _ place: FilePlace) -> StartError {
        StartError(
            "already running as \(name(of: holder)): stop it first, or choose another --pid "
                + "than \(LogFile.escaped(place.path))", exitCode: EX_UNAVAILABLE)
    }

    private static func name(of holder: RecordLock.Holder) -> String {
        switch holder {
        case .process(let number): "process \(number)"
        case .unseen: "a process of another container"
        }
    }

    private static func write(
        to file: borrowing OpenFile, _ place: FilePlace
    ) throws(StartError) {
        let text = Array("\(getpid())\n".utf8)
        guard ftruncate(file.descriptor, 0) == 0,
            pwrite(file.descriptor, text, text.count, 0) == text.count
        else {
            let code = errno
            unlink(place.path)
            throw place.failure(to: "write", code: code)
        }
    }
}

// MARK: - From other processes

extension PidFile {
    /// What a pid file says of a service.
    package enum State: Equatable, Sendable {
        /// There is no file.
        case absent
        /// The file of one that stopped properly, and might not remove it.
        case empty
        /// The file of a process that is gone, with its number if that can be read.
        case stale(Int32?)
        /// A process serves.
        case running(Int32)
        /// A process of another PID namespace serves: it has no number here and can't be signalled.
        case runningElsewhere
    }

    /// Looks who serves, and changes nothing; it never waits.
    ///
    /// The number comes from the kernel: it is the process that holds the file, whatever is written
    /// there. That may be anybody's process, and the file anybody's.
    ///
    /// - Parameter trust: refuses those whom one should not believe, before one acts on the number;
    ///   nil to look only.
    package static func state(
        of path: String, trusting trust: Trust? = nil
    ) throws(StartError) -> State {
        let place = place(path)
        guard let file = try OpenFile.existing(place, O_RDONLY) else { return .absent }
        let status = try file.status(place)
        try requirePlain(place, status)
        try trust?.requireOwner(of: place, status)
        switch RecordLock.writer(of: file) {
        case .process(let number): return .running(number)
        case .unseen: return .runningElsewhere
        case nil: break
        }
        return status.st_size == 0
            ? .empty : .stale(Contents(reading: file).process)
    }

    /// Removes a file that nobody holds; it is no error when there is none.
    package static func removeLeftover(_ path: String) throws(StartError) {
        let place = place(path)
        guard let file = try OpenFile.existing(place, O_RDWR) else { return }
        try requirePlain(place, try file.status(place))
        guard try RecordLock.take(file, place) else {
            // Whoever had it a moment ago and not now removes it himself.
            if let error = refusal(of: file, place) { throw error }
            return
        }
        _ = try Contents(of: file, place)
        // Under the lock: one who starts now sees that the path has changed, and tries again.
        guard file.isStill(at: path) else { return }
        guard unlink(path) == 0 else { throw place.failure(to: "remove", code: errno) }
    }

    /// What is written in a pid file.
    private struct Contents {
        /// The number, if there is one.
        var process: pid_t?
        /// Whether it is nothing but a number, or what a crash of the machine made of one.
        var isPlausible = false

        private static let maximumBytes = 32

        init(reading file: borrowing OpenFile) {
            var bytes = [UInt8](repeating: 0, count: Contents.maximumBytes)
            let count = pread(file.descriptor, &bytes, bytes.count, 0)
            guard count >= 0 else { return }
            let words = bytes[..<count].split { [0, 9, 10, 13, 32].contains($0) }
            guard count < Contents.maximumBytes, words.count <= 1 else { return }
            let digits = words.first ?? []
            guard digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return }
            isPlausible = true
            process = pid_t(String(decoding: digits, as: UTF8.self)).flatMap { $0 > 0 ? $0 : nil }
        }

        /// Refuses a file that is something else than a pid file: a slip of the operator's must not
        /// cost it its contents.
        init(of file: borrowing OpenFile, _ place: FilePlace) throws(StartError) {
            self.init(reading: file)
            guard isPlausible else {
                throw place.refusal("holds something else than a process's number: remove it")
            }
        }
    }
}
