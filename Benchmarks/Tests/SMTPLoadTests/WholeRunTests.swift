import BlackholePipeline
import BlackholeSMTP
import BlackholeTLS
import Foundation
import Testing

@Suite(.serialized) struct `The program` {
    @Test(arguments: [
        [], ["--pipelined"], ["--bdat"], ["--helo", "--recipients", "3"],
        ["--per-connection", "1"],
        ["--per-connection", "0"], ["--size", "100K"], ["--bdat", "--size", "1M"], ["--leave"],
        ["--connections", "1"], ["--connections", "150"], ["--workers", "2"],
        ["--sources", "3"], ["--rate", "2000", "--per-connection", "7"],
    ])
    func `sends all of its messages, and counts them as the server does`(
        options: [String]
    ) throws {
        let server = try Server()
        let run = try Program.run(
            options + ["--messages", "300", "--connections", "10", "--json", server.address])
        #expect(run.exitCode == 0, "\(run.errors)")
        let report = try run.json
        #expect(report["messages"] as? Int == 300)
        #expect(server.loops[.messages] == 300)
        #expect(report["unsent"] as? Int == 0)
        let failures = try #require(report["failures"] as? [String: Int])
        #expect(failures.values.allSatisfy { $0 == 0 })
        server.stop()
        #expect(report["bytes"] as? UInt64 == server.loops[.bytesReceived])
        #expect(report["bytes_received"] as? UInt64 == server.loops[.bytesSent])
        #expect(report["sessions"] as? UInt64 == server.loops[.accepted])
        #expect(server.loops[.broken] == 0)
        let latencies = try #require(report["latency_us"] as? [String: [String: Double]])
        #expect(latencies["message"]?["count"] == 300)
        #expect(latencies["message"]?["p50"] ?? 0 > 0)
        #expect(latencies["message"]?["max"] ?? 0 >= latencies["message"]?["p999"] ?? .infinity)
    }

    @Test(arguments: [["--starttls"], ["--tls"]], [[], ["--resume"]])
    func `secures its connections, and resumes`(options: [String], more: [String]) throws {
        let server = try Server(isImplicit: options == ["--tls"])
        let run = try Program.run(
            options + more + [
                "--messages", "40", "--per-connection", "1", "--connections", "4", "--json",
                "--size", "100K", server.address,
            ])
        #expect(run.exitCode == 0, "\(run.errors)")
        let report = try run.json
        #expect(server.loops[.messages] == 40)
        let handshakes = try #require(report["handshakes"] as? [String: Int])
        #expect(server.loops[.tlsHandshakes] == 40)
        let full = more.isEmpty ? 40...40 : 1...8
        #expect(full.contains(handshakes["full"] ?? 0))
        #expect((handshakes["full"] ?? 0) + (handshakes["resumed"] ?? 0) == 40)
        #expect(server.loops[.tlsFailures] == 0)
        #expect(server.loops[.tlsTruncations] == 0)
    }

    @Test func `believes no certificate but those that it is told to`() throws {
        let server = try Server(isImplicit: true)
        let stranger = try Certificate()
        let run = try Program.run(
            "--tls", "--ca", stranger.path, "--messages", "1", "--json", server.address)
        #expect(run.exitCode == 1)
        let failures = try #require(try run.json["failures"] as? [String: Int])
        #expect(failures["tls"] ?? 0 > 0)
    }

    @Test func `says what a server refuses, in the server's words`() throws {
        let server = try Server(answering: 550)
        let run = try Program.run("--messages", "20", server.address)
        #expect(run.exitCode == 1)
        #expect(run.output.contains("FAILED     reply × 20, the first: 550 "))
        #expect(run.output.contains("0 messages in"))
        #expect(server.loops[.messages] == 0)
    }

    @Test func `gives a server up that only resets`() throws {
        let server = try Server(resetting: true)
        let run = try Program.run("--messages", "100000", "--json", server.address)
        #expect(run.exitCode == 1)
        let failures = try #require(try run.json["failures"] as? [String: Int])
        #expect(100...200 ~= failures["reset"] ?? 0)
    }

    @Test func `says what to do where nobody listens`() throws {
        // Bound and not listening, so that the port is nobody else's.
        let place = try ReservedPort()
        let run = try Program.run(place.address)
        #expect(run.exitCode == 69)
        #expect(run.output.isEmpty)
        #expect(
            run.errors
                == "smtp-load: cannot connect to \(place.address): Connection refused; nobody "
                + "listens there: start the server, or name another port\n")
    }

    @Test func `holds silent connections until its input ends`() throws {
        let server = try Server()
        let program = try RunningProgram(["--idle", "300", server.address])
        #expect(program.readLine() == "ready 300")
        #expect(server.loops[.accepted] == 300)
        #expect(server.loops[.closed] == 0)
        program.endInput()
        #expect(try program.finish().exitCode == 0)
        server.stop()
        #expect(server.loops[.broken] == 0)
    }

    @Test func `tells of what it did when it is interrupted`() throws {
        let server = try Server()
        let program = try RunningProgram([
            "--rate", "100", "--seconds", "60", "--json", server.address,
        ])
        while server.loops[.messages] < 5 { usleep(1000) }
        program.interrupt()
        let run = try program.finish()
        #expect(run.exitCode == 0)
        let messages = try #require(try run.json["messages"] as? UInt64)
        #expect(messages == server.loops[.messages])
        #expect(messages < 6000)
    }

    @Test(arguments: [
        ["--connections", "0"], ["--messages", "-1"], ["--messages", "x"], ["--size", "1"],
        ["--size", "9999999T"], ["--rate", "0"], ["--rate", "nan"], ["--seconds", "-3"],
        ["--sources", "0"], ["--workers", "1000"], ["--pipelined", "--bdat"],
        ["--starttls", "--tls"], ["--resume"], ["--idle", "3", "--rate", "1"], ["--what"],
    ])
    func `refuses a command line that makes no sense`(options: [String]) throws {
        let run = try Program.run(options + ["127.0.0.1:1"])
        #expect(run.exitCode == 64)
        #expect(run.output.isEmpty)
        #expect(run.errors.hasPrefix("Error: "))
    }
}
