internal import BlackholeCLinux
internal import Glibc

/// The one who started us and watches over us, if it speaks systemd's protocols.
package enum ServiceManager {
    /// Tells a state, such as `READY=1` or `STOPPING=1` (sd_notify(3)); nothing happens where
    /// nobody asked for it or listens.
    package static func notify(_ state: String) {
        guard let place = getenv("NOTIFY_SOCKET").map({ String(cString: $0) }),
            place.hasPrefix("/") || place.hasPrefix("@")
        else { return }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(place.utf8)
        let room = MemoryLayout.size(ofValue: address.sun_path)
        guard 2..<room ~= bytes.count else { return }
        withUnsafeMutableBytes(of: &address.sun_path) { path in
            path.copyBytes(from: bytes)
            // An abstract name begins with a NUL, and has no end but the address's.
            if bytes[0] == 0x40 { path[0] = 0 }
        }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
        let type = Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(AF_UNIX, type, 0)
        guard descriptor >= 0 else { return }
        let channel = OpenFile(owning: descriptor)
        let message = Array(state.utf8)
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = sendto(
                    channel.descriptor, message, message.count, Int32(MSG_NOSIGNAL), $0, length)
            }
        }
    }

    /// A socket that was opened for us.
    package struct Socket: Equatable, Sendable {
        package let descriptor: Int32
        /// What its unit calls it; `unknown` where it says nothing.
        package let name: String
    }

    private static let firstDescriptor: Int32 = 3
    private static let maximumSockets: Int32 = 1024

    /// Takes the sockets that were opened for this process (sd_listen_fds(3)), none as a rule.
    ///
    /// Call it once and first of all: it changes the environment, and the offer is for the process
    /// that was started, not for one that ``Detachment/begin(keeping:)`` made.
    package static func sockets() throws(StartError) -> [Socket] {
        let process = variable("LISTEN_PID")
        let count = variable("LISTEN_FDS")
        let names = variable("LISTEN_FDNAMES")
        // Or a program that we start would think that they are for it.
        for name in ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"] { unsetenv(name) }
        guard let process, let count else { return [] }
        guard let process = pid_t(process), process > 0 else {
            throw wrong("LISTEN_PID=\(process)", "is no process's number")
        }
        guard process == getpid() else { return [] }
        guard let number = Int32(count), 0...maximumSockets ~= number else {
            throw wrong("LISTEN_FDS=\(count)", "is no number of sockets")
        }
        var sockets =
            names.map { $0.split(separator: ":", omittingEmptySubsequences: false) }
            ?? Array(repeating: "unknown", count: Int(number))
        if number == 0 { sockets = [] }
        guard sockets.count == number else {
            throw wrong("LISTEN_FDNAMES=\(names ?? "")", "has not \(number) names")
        }
        var result: [Socket] = []
        for (descriptor, name) in zip(firstDescriptor..., sockets) {
            let flags = fcntl(descriptor, F_GETFD)
            guard flags >= 0, fcntl(descriptor, F_SETFD, flags | FD_CLOEXEC) == 0 else {
                throw wrong(
                    "LISTEN_FDS=\(count)", "is more than are open: descriptor \(descriptor) is not")
            }
            result.append(Socket(descriptor: descriptor, name: String(name)))
        }
        return result
    }

    private static func variable(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }

    private static func wrong(_ setting: String, _ fault: String) -> StartError {
        StartError(
            "the environment says \(LogFile.escaped(setting)), which \(fault): "
                + "mend what starts the service, or unset LISTEN_PID", exitCode: EX_CONFIG)
    }
}
