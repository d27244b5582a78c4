import Glibc
import Testing

/// An SMTP client as bare as can be: it sends what it is told, well-formed or not.
///
/// It waits at most ``patienceSeconds`` for anything, and closes when its owner is gone.
final class Client {
    let descriptor: Int32
    private var input: [UInt8] = []
    private var inputStart = 0
    private var isOpen = true

    /// Connects; does not wait for the greeting.
    init(at address: String) throws {
        descriptor = try Client.connect(to: address)
    }

    convenience init(_ server: RunningServer, address: String? = nil) throws {
        try self.init(at: address ?? server.address)
    }

    /// Connects, reads the greeting and says EHLO.
    static func greeted(_ server: RunningServer, address: String? = nil) throws -> Client {
        try greeted(at: address ?? server.address)
    }

    static func greeted(at address: String) throws -> Client {
        let client = try Client(at: address)
        try client.expect(220)
        try client.say("EHLO client.example", expecting: 250)
        return client
    }

    deinit { close() }

    func close() {
        if isOpen { Glibc.close(descriptor) }
        isOpen = false
    }

    /// Closes with a RST.
    func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        close()
    }

    /// Says that nothing more will come, and goes on listening.
    func endSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    // MARK: Sending

    func send(_ text: String) throws { try send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(
                    descriptor, $0.baseAddress.map { $0 + sent }, $0.count - sent,
                    Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw TestError.system("send", errno) }
            sent += count
        }
    }

    /// Sends as much as the kernel takes without waiting.
    func sendSome(_ bytes: ArraySlice<UInt8>) -> Int {
        bytes.withUnsafeBytes {
            Glibc.send(
                descriptor, $0.baseAddress, $0.count,
                Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
        }
    }

    /// Sends a line and expects the code of its reply.
    func say(
        _ line: String, expecting code: Int, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        try send(line + "\r\n")
        try expect(code, after: line, sourceLocation: sourceLocation)
    }

    // MARK: Receiving

    /// Expects the code of the next reply, and reads all its lines.
    func expect(
        _ code: Int, after line: String = "", sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let reply = try reply()
        guard reply.hasPrefix("\(code) ") else {
            throw TestError.wrong("\(code) is due after '\(line.prefix(80))', not '\(reply)'")
        }
    }

    /// The code of the next reply.
    func code() throws -> Int {
        let reply = try reply()
        guard let code = Int(reply.prefix(3)) else { throw TestError.wrong("no code: \(reply)") }
        return code
    }

    /// The last line of the next reply.
    func reply() throws -> String {
        while true {
            let line = try self.line()
            if !line.dropFirst(3).hasPrefix("-") { return line }
        }
    }

    private func line() throws -> String {
        while true {
            if let end = input[inputStart...].firstIndex(of: 10) {
                let line = input[inputStart..<end]
                inputStart = end + 1
                guard line.last == 13 else { throw TestError.wrong("a reply ends without a CR") }
                return String(decoding: line.dropLast(), as: UTF8.self)
            }
            guard try receive() else { throw TestError.wrong("the server closed") }
        }
    }

    /// Reads once.
    ///
    /// - Returns: false at the end of the stream, or when the server has reset the connection.
    private func receive() throws -> Bool {
        input.removeFirst(inputStart)
        inputStart = 0
        var room = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &room, room.count, 0)
        if count > 0 {
            input += room[..<count]
            return true
        }
        guard count == 0 || errno == ECONNRESET else { throw TestError.system("recv", errno) }
        return false
    }

    /// What comes until the server closes.
    func rest() throws -> String {
        while try receive() {}
        return String(decoding: input[inputStart...], as: UTF8.self)
    }

    /// Sends it all while it reads all replies.
    ///
    /// - Returns: what was read so far; the rest is still to come.
    func exchange(_ bytes: [UInt8], untilReplies count: Int? = nil) throws -> Int {
        var sent = 0
        var lines = 0
        while sent < bytes.count || lines < count ?? 0 {
            let events = Int16(POLLIN) | (sent < bytes.count ? Int16(POLLOUT) : 0)
            var entry = pollfd(fd: descriptor, events: events, revents: 0)
            guard poll(&entry, 1, Int32(patienceSeconds * 1000)) > 0 else {
                throw TestError.timedOut("an exchange")
            }
            if entry.revents & Int16(POLLIN) != 0 {
                guard try receive() else { return lines }
                lines += input.count { $0 == 10 }
                input.removeAll()
            }
            if entry.revents & Int16(POLLOUT) != 0 {
                let more = sendSome(bytes[sent...])
                guard more > 0 || errno == EAGAIN else { return lines }
                sent += max(0, more)
            }
            if entry.revents & Int16(POLLERR) != 0 { return lines }
        }
        return lines
    }
}

extension Client {
    /// Mails one message, one command at a time.
    func mail(
        _ content: String = "Subject: honest\r\n\r\nHello.\r\n", expecting code: Int = 250
    ) throws {
        try say("MAIL FROM:<me@example.org>", expecting: 250)
        try say("RCPT TO:<you@example.org>", expecting: 250)
        try say("DATA", expecting: 354)
        try say(content + ".", expecting: code)
    }

    /// An honest client: connects, mails, quits, and gets every reply.
    static func mailOnce(_ server: RunningServer, address: String? = nil) throws {
        try mailOnce(to: address ?? server.address)
    }

    static func mailOnce(to address: String) throws {
        let client = try greeted(at: address)
        try client.mail()
        try client.say("QUIT", expecting: 221)
        guard try client.rest().isEmpty else { throw TestError.wrong("more follows the 221") }
    }
}
