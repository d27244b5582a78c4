package import BlackholePipeline
internal import Glibc
internal import Synchronization

/// A blocking socket of a test; what does not happen within its patience fails.
package final class Client: Sendable {
    package struct Failure: Error, Equatable, CustomStringConvertible {
        package let code: Int32

        package init(code: Int32) { self.code = code }

        package var description: String { String(cString: strerror(code)) }
    }

    package let descriptor: Int32
    private let isOpen = Atomic(true)

    /// Connects.
    package init(to address: NetworkAddress, patience seconds: Int = 20) throws {
        descriptor = try Client.open(address, SOCK_STREAM, seconds)
        let result = withRawAddress(address) { Glibc.connect(descriptor, $0, $1) }
        if result != 0 { throw Failure(code: errno) }
    }

    /// Binds, and does not listen: a port that refuses, a file that nobody serves, or what
    /// receives datagrams.
    package init(
        bindingTo address: NetworkAddress, isDatagram: Bool = false, patience seconds: Int = 20
    ) throws {
        descriptor = try Client.open(address, isDatagram ? SOCK_DGRAM : SOCK_STREAM, seconds)
        let result = withRawAddress(address) { Glibc.bind(descriptor, $0, $1) }
        if result != 0 { throw Failure(code: errno) }
    }

    deinit { close() }

    package func close() {
        if isOpen.exchange(false, ordering: .relaxed) { Glibc.close(descriptor) }
    }

    private static func open(
        _ address: NetworkAddress, _ type: __socket_type, _ seconds: Int
    ) throws -> Int32 {
        let family =
            switch address {
            case .ipv4: AF_INET
            case .ipv6: AF_INET6
            case .unix: AF_UNIX
            }
        let descriptor = socket(family, Int32(type.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(code: errno) }
        // What is sent in pieces leaves in pieces, where there is TCP.
        var isPrompt: Int32 = 1
        setsockopt(
            descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &isPrompt,
            socklen_t(MemoryLayout.size(ofValue: isPrompt)))
        // A timeval, by its two members.
        var patience = (seconds, 0)
        let size = socklen_t(MemoryLayout.size(ofValue: patience))
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, size)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, size)
        return descriptor
    }

    /// The port that the kernel has given this end.
    package var port: UInt16 {
        var form = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &form) { pointer in
            _ = pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getsockname(descriptor, $0, &length)
            }
        }
        return UInt16(bigEndian: form.sin_port)
    }

    package func send(_ text: String) throws {
        try send(Array(text.utf8))
    }

    package func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            sent += try bytes[sent...].withUnsafeBytes { bytes in
                let count = Glibc.send(
                    descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
                if count < 0 { throw Failure(code: errno) }
                return count
            }
        }
    }

    /// Sends as much as the kernel takes without waiting.
    ///
    /// - Returns: how many bytes that was.
    package func sendSome(_ bytes: ArraySlice<UInt8>) throws -> Int {
        let count = bytes.withUnsafeBytes {
            Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
        }
        guard count >= 0 || errno == EAGAIN else { throw Failure(code: errno) }
        return max(0, count)
    }

    /// Waits for events of poll(2).
    ///
    /// - Returns: those that have come; 0 where none has in time.
    package func wait(for events: Int32, milliseconds: Int32) -> Int32 {
        var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
        poll(&entry, 1, milliseconds)
        return Int32(entry.revents)
    }

    /// Receives up to `count` bytes; empty at the end.
    package func receive(atMost count: Int) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: count) { room, filled in
            let result = recv(descriptor, room.baseAddress, count, 0)
            if result < 0 { throw Failure(code: errno) }
            filled = result
        }
    }

    /// Receives as many bytes as `text` has; fewer when the server ends.
    package func receive(asManyAs text: String) throws -> String {
        var bytes: [UInt8] = []
        while bytes.count < text.utf8.count {
            let piece = try receive(atMost: text.utf8.count - bytes.count)
            if piece.isEmpty { break }
            bytes += piece
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Receives until the server ends.
    package func receiveToEnd() throws -> String {
        var bytes: [UInt8] = []
        while true {
            let piece = try receive(atMost: 65_536)
            if piece.isEmpty { return String(decoding: bytes, as: UTF8.self) }
            bytes += piece
        }
    }

    /// What a server says to all that a client says, until both have ended.
    package static func answer(to text: String, at address: NetworkAddress) throws -> String {
        let client = try Client(to: address)
        try client.send(text)
        client.endSending()
        return try client.receiveToEnd()
    }

    /// Says that nothing more will be sent (FIN).
    package func endSending() {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// Lets the close be a reset (RST).
    package func resetAtClose() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        let size = socklen_t(MemoryLayout.size(ofValue: linger))
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, size)
    }
}

/// Calls `body` with an address in the kernel's form, made by another way than the module's.
private func withRawAddress(
    _ address: NetworkAddress, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
) -> Int32 {
    func call<Form>(_ form: Form) -> Int32 {
        withUnsafePointer(to: form) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<Form>.size))
            }
        }
    }
    switch address {
    case .ipv4(let number, let port):
        var form = sockaddr_in()
        form.sin_family = sa_family_t(AF_INET)
        form.sin_port = in_port_t(bigEndian: port)
        form.sin_addr = in_addr(s_addr: in_addr_t(bigEndian: number))
        return call(form)
    case .ipv6(_, _, let port, _):
        var form = sockaddr_in6()
        form.sin6_family = sa_family_t(AF_INET6)
        form.sin6_port = in_port_t(bigEndian: port)
        inet_pton(AF_INET6, address.host, &form.sin6_addr)
        return call(form)
    case .unix(let path):
        var form = sockaddr_un()
        form.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &form.sun_path) { $0.copyBytes(from: path.utf8) }
        guard path.hasPrefix("@") else { return call(form) }
        form.sun_path.0 = 0
        return withUnsafePointer(to: form) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(2 + path.utf8.count))
            }
        }
    }
}
