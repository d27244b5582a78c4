import BlackholeCLinux
import BlackholeDaemon
import BlackholePipeline
import Glibc

/// What a running server tells of itself, and how to ask it.
///
/// It answers on an abstract unix-domain socket that is named after its process. Anybody could
/// take that name: so the asker looks who is at the other end.
struct StatusReport {
    /// Where it listens and what it has done, for people.
    let lines: [String]
    /// How often it was told to reload.
    let reloads: Int
    /// Why the last reload has failed; nil if it has not.
    let reloadFault: String?

    init(lines: [String], reloads: Int, reloadFault: String?) {
        self.lines = lines
        self.reloads = reloads
        self.reloadFault = reloadFault
    }

    /// As it is sent.
    var text: String {
        let last = reloadFault.map { "reloads \(reloads), the last one failed: \($0)" }
        return (lines + [last ?? "reloads \(reloads)"]).joined(separator: "\n") + "\n"
    }

    private init?(_ text: String) {
        var lines = text.split(separator: "\n").map(String.init)
        guard let last = lines.popLast(),
            let match = last.wholeMatch(of: /(?s)reloads (\d+)(?:, the last one failed: (.*))?/),
            let reloads = Int(match.1)
        else { return nil }
        self.init(lines: lines, reloads: reloads, reloadFault: match.2.map(String.init))
    }

    /// Where the server of that process answers.
    static func address(of pid: pid_t) -> NetworkAddress { .unix(path: "@blackhole.\(pid)") }

    /// Asks the server of that process.
    static func ask(_ pid: pid_t) throws(StartError) -> StatusReport {
        let descriptor = clinux_socket(AF_UNIX)
        defer { close(descriptor) }
        guard descriptor >= 0, fcntl(descriptor, F_SETFL, 0) == 0 else {
            throw .unasked(pid, errno)
        }
        var limit = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        guard address(of: pid).connect(descriptor) == 0 else {
            throw .unasked(pid, errno)
        }
        // The kernel's struct ucred: a process, a user, a group.
        var peer: (pid: pid_t, uid_t, gid_t) = (0, 0, 0)
        var length = socklen_t(MemoryLayout.size(ofValue: peer))
        guard getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0, peer.pid == pid
        else {
            throw StartError("another process answers for process \(pid)", exitCode: EX_UNAVAILABLE)
        }
        guard let report = StatusReport(try text(from: descriptor, pid)) else {
            throw StartError("process \(pid) does not answer", exitCode: EX_UNAVAILABLE)
        }
        return report
    }

    private static func text(from descriptor: Int32, _ pid: pid_t) throws(StartError) -> String {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while bytes.count < 1 << 20 {
            let count = recv(descriptor, &piece, piece.count, 0)
            guard count >= 0 else { throw .unasked(pid, errno) }
            if count == 0 { break }
            bytes += piece[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension StartError {
    fileprivate static func unasked(_ pid: pid_t, _ code: Int32) -> StartError {
        StartError(
            "cannot ask process \(pid): \(String(cString: strerror(code)))",
            exitCode: EX_UNAVAILABLE)
    }
}
