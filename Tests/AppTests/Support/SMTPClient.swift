import BlackholePipeline
import BlackholeTestSupport
import Glibc

/// An SMTP client as bare as can be: it sends what it is told, well-formed or not.
///
/// It waits at most ``patienceSeconds`` for anything, and closes when its owner is gone.
final class SMTPClient {
    let connection: Client
    private var input: [UInt8] = []
    private var inputStart = 0

    /// Connects to an address as the program's log writes it; does not wait for the greeting.
    init(at address: String) throws {
        guard let address = NetworkAddress(logged: address) else {
            throw TestError.wrong("no address: \(address)")
        }
        connection = try Client(to: address, patience: Int(patienceSeconds))
    }

    convenience init(_ server: RunningServer, address: String? = nil) throws {
        try self.init(at: address ?? server.address)
    }

    /// Connects, reads the greeting and says EHLO.
    static func greeted(_ server: RunningServer, address: String? = nil) throws -> SMTPClient {
        try greeted(at: address ?? server.address)
    }

    static func greeted(at address: String) throws -> SMTPClient {
        let client = try SMTPClient(at: address)
        try client.expect(220)
        try client.say("EHLO client.example", expecting: 250)
        return client
    }

    func close() { connection.close() }

    /// Closes with a RST.
    func reset() {
        connection.resetAtClose()
        close()
    }

    /// Says that nothing more will come, and goes on listening.
    func endSending() { connection.endSending() }

    // MARK: Sending

    func send(_ text: String) throws { try connection.send(text) }

    func send(_ bytes: [UInt8]) throws { try connection.send(bytes) }

    /// Sends a line and expects the code of its reply.
    func say(_ line: String, expecting code: Int) throws {
        try send(line + "\r\n")
        try expect(code, after: line)
    }

    // MARK: Receiving

    /// Expects the code of the next reply, and reads all its lines.
    func expect(_ code: Int, after line: String = "") throws {
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

    func line() throws -> String {
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
        do {
            let piece = try connection.receive(atMost: 65_536)
            input += piece
            return !piece.isEmpty
        } catch let failure as Client.Failure where failure.code == ECONNRESET {
            return false
        }
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
            let events = connection.wait(
                for: sent < bytes.count ? POLLIN | POLLOUT : POLLIN,
                milliseconds: Int32(patienceSeconds * 1000))
            guard events != 0 else { throw TestError.timedOut("an exchange") }
            if events & POLLIN != 0 {
                guard try receive() else { return lines }
                lines += input.count { $0 == 10 }
                input.removeAll()
            }
            if events & POLLOUT != 0 {
                guard let more = try? connection.sendSome(bytes[sent...]) else { return lines }
                sent += more
            }
            if events & POLLERR != 0 { return lines }
        }
        return lines
    }
}

extension SMTPClient {
    /// Mails one message, one command at a time.
    func mail(
        _ content: String = "Subject: honest\r\n\r\nHello.\r\n", expecting code: Int = 250
    ) throws {
        try beginMessage()
        try say(content + ".", expecting: code)
    }

    /// Says what stands before a message's content.
    func beginMessage() throws {
        try say("MAIL FROM:<me@example.org>", expecting: 250)
        try say("RCPT TO:<you@example.org>", expecting: 250)
        try say("DATA", expecting: 354)
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

extension NetworkAddress {
    /// Reads an address as the program's log writes it: `127.0.0.1:25`, `[::1]:25`, `unix:/path`.
    init?(logged text: String) {
        let isPath = text.hasPrefix("unix:")
        guard let end = isPath ? text.endIndex : text.lastIndex(of: ":"),
            let port = isPath ? 0 : UInt16(text[end...].dropFirst())
        else { return nil }
        self.init(String(text[..<end]), port: port)
    }
}
