import Foundation

/// What a service manager listens on for the state of a service (sd_notify(3)).
final class NotifySocket {
    let path: String
    private let folder: TemporaryFolder
    private let descriptor: Int32

    init() throws {
        folder = try TemporaryFolder()
        path = folder.file("notify")
        descriptor = socket(
            AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw TestError.system("socket", errno) }
        var limit = timeval(tv_sec: Int(patienceSeconds), tv_usec: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let code = withUnsafeBytes(of: address) { bytes in
            bind(
                descriptor, bytes.assumingMemoryBound(to: sockaddr.self).baseAddress,
                socklen_t(bytes.count))
        }
        guard code == 0 else { throw TestError.system("bind", errno) }
    }

    deinit { close(descriptor) }

    /// The assignments of the next message.
    func next() throws -> [String: String] {
        var room = [UInt8](repeating: 0, count: 4096)
        let count = recv(descriptor, &room, room.count, 0)
        guard count >= 0 else { throw TestError.system("recv", errno) }
        let lines = String(decoding: room[..<count], as: UTF8.self).split(separator: "\n")
        return try lines.reduce(into: [:]) { result, line in
            guard let sign = line.firstIndex(of: "=") else {
                throw TestError.wrong("no assignment: \(line)")
            }
            result[String(line[..<sign])] = String(line[line.index(after: sign)...])
        }
    }
}
