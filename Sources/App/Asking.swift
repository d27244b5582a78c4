import BlackholeCLinux
import BlackholePipeline
import Glibc

/// A question to a server nearby, by a command that may wait for the answer.
struct Asking: ~Copyable {
    private let descriptor: Int32

    /// The longest answer that is read.
    private static let maximumBytes = 1 << 20

    /// Connects.
    init(_ address: NetworkAddress, within seconds: Int = 5) throws(SystemError) {
        let family: Int32 =
            switch address {
            case .ipv4: AF_INET
            case .ipv6: AF_INET6
            case .unix: AF_UNIX
            }
        descriptor = clinux_socket(family)
        guard descriptor >= 0, fcntl(descriptor, F_SETFL, 0) == 0 else {
            throw .current("ask \(address)")
        }
        var limit = timeval(tv_sec: seconds, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
        guard address.connect(descriptor) == 0 else { throw .current("ask \(address)") }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// The process at the other end of a unix-domain socket.
    var process: pid_t? {
        // The kernel's struct ucred: a process, a user, a group.
        var peer: (pid: pid_t, uid_t, gid_t) = (0, 0, 0)
        var length = socklen_t(MemoryLayout.size(ofValue: peer))
        let result = getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &length)
        return result == 0 ? peer.pid : nil
    }

    /// The status and the body of a path, by HTTP; nil if the answer is none.
    func get(_ path: String) throws(SystemError) -> (status: Int, body: String)? {
        let request = Array(
            "GET \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".utf8)
        guard
            send(descriptor, request, request.count, Int32(clamping: MSG_NOSIGNAL)) == request.count
        else { throw .current("ask for \(path)") }
        let answer = try text { _ in false }
        guard let end = answer.firstRange(of: "\r\n\r\n"), answer.hasPrefix("HTTP/1."),
            let status = Int(answer.dropFirst(9).prefix(3))
        else { return nil }
        return (status, String(answer[end.upperBound...]))
    }

    /// The code that a mail server greets with; nil if it does not greet.
    func greeting() throws(SystemError) -> Int? {
        let text = try text { $0.contains("\n") || $0.utf8.count >= 3 }
        let code = text.prefix(3)
        return code.count == 3 && code.allSatisfy(\.isNumber) ? Int(code) : nil
    }

    /// What the other end says, to its end or until it is enough.
    private func text(until isEnough: (String) -> Bool) throws(SystemError) -> String {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while bytes.count < Asking.maximumBytes {
            let count = recv(descriptor, &piece, piece.count, 0)
            guard count >= 0 else { throw .current("hear the answer") }
            bytes += piece[..<count]
            if count == 0 || isEnough(String(decoding: bytes, as: UTF8.self)) { break }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
