import BlackholeTestSupport
import Foundation
import SMTPTesting
import Testing

// Each in a process of its own, whose sockets and threads are nobody else's.
@Suite struct `Servers that are stopped` {
    @Test func `leave nothing behind, were they five hundred at once`() async {
        await #expect(processExitsWith: .success) {
            let before = try await Leftovers.ofAnotherServer()
            let ports = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<500 {
                    group.addTask {
                        try await withSMTPServer { smtp in
                            let replies = try await smtp.mail(
                                to: "\(number)@example.org", within: .seconds(60))
                            #expect(replies.last?.hasPrefix("221") == true)
                            let message = try await smtp.messages(1, within: .seconds(60))[0]
                            #expect(message.recipients == ["\(number)@example.org"])
                            return smtp.port
                        }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(ports.count == 500)
            #expect(try eventually { try Leftovers.ofThisProcess() == before })
        }
    }

    @Test func `leave nothing behind that had clients amid anything`() async {
        await #expect(processExitsWith: .success) {
            let before = try await Leftovers.ofAnotherServer()
            for stage in HangingClient.allCases {
                let smtp = try SMTPServer(stage.behaviors)
                let client = try stage.hang(at: smtp)
                let first = Task { try await smtp.first(within: .seconds(Int64.max)) }
                await smtp.stop()
                let missing = await #expect(throws: MissingMessages.self) { try await first.value }
                #expect(missing?.isStopped == true)
                do {
                    _ = try client.receiveToEnd()
                } catch let failure as Client.Failure {
                    #expect(failure.code == ECONNRESET, "\(stage)")
                }
            }
            #expect(try eventually { try Leftovers.ofThisProcess() == before })
        }
    }
}

/// A client that stops amid something, and stays.
private enum HangingClient: CaseIterable {
    case silent, inCommand, inContent, inChunk, inHandshake, beforeHandshake, paused, mute, held,
        scripted

    var behaviors: [Behavior] {
        switch self {
        case .silent, .inCommand, .inContent, .inChunk: []
        case .inHandshake: [.implicitTLS]
        case .beforeHandshake: [.tls]
        case .paused: [.at(.hello, .delay(.seconds(1000)))]
        case .mute: [.at(.hello, .silence)]
        case .held: [.at(.hello, .hold(Behavior.Gate()))]
        case .scripted: [.script(.reply("220 x"), .wait(.seconds(1000)), .expectEnd)]
        }
    }

    /// Connects, says something, and hears all that comes of it.
    func hang(at smtp: SMTPServer) throws -> Client {
        let client = try Client(to: smtp.address)
        if self != .inHandshake { _ = try client.receive(asManyAs: "220 ") }
        switch self {
        case .silent, .scripted: break
        case .inCommand: try client.send("NOOP\r\nMAIL FR")
        case .inContent:
            try client.send("HELO x\r\nMAIL FROM:<>\r\nRCPT TO:<a@b>\r\nDATA\r\nline\r\n.")
        case .inChunk:
            try client.send("HELO x\r\nMAIL FROM:<>\r\nRCPT TO:<a@b>\r\nBDAT 1000 LAST\r\nx")
        case .inHandshake: try client.send([0x16, 0x03, 0x01, 0x02, 0x00, 0x01])
        case .beforeHandshake: try client.send("STARTTLS\r\n")
        case .paused, .mute, .held: try client.send("EHLO x\r\n")
        }
        return client
    }
}

/// What a process holds that servers could have left.
private struct Leftovers: Equatable {
    /// Its sockets, be it that they listen or are connected.
    var sockets = 0
    /// The threads of its event loops.
    var loops = 0

    /// What there is without servers, but for the loops that come with the first, and stay.
    static func ofAnotherServer() async throws -> Leftovers {
        var before = try ofThisProcess()
        try await withSMTPServer { _ = try await $0.mail(to: "you@example.org") }
        before.loops = try ofThisProcess().loops
        return before
    }

    static func ofThisProcess() throws -> Leftovers {
        var leftovers = Leftovers()
        let files = FileManager.default
        for name in try files.contentsOfDirectory(atPath: "/proc/self/fd") {
            let target = try? files.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(name)")
            if target?.hasPrefix("socket:") == true { leftovers.sockets += 1 }
        }
        for id in try files.contentsOfDirectory(atPath: "/proc/self/task") {
            let name = try? String(contentsOfFile: "/proc/self/task/\(id)/comm", encoding: .utf8)
            if name?.hasPrefix("loop-") == true { leftovers.loops += 1 }
        }
        return leftovers
    }
}
