import BlackholeTestSupport
import Foundation
import Testing

/// SIGHUP, which reads the certificate again.
struct TLSReloadTests {
    private func withServer(
        announced: [String] = [], _ body: (RunningServer, Certificates) throws -> Void
    ) throws {
        let files = try Certificates()
        try files.replace("used.both", with: "good.both")
        let options = TLSOptionTests.portable + files.options("used.both")
        try RunningServer.run(options, announced: announced) { try body($0, files) }
    }

    @Test(arguments: Securing.allCases)
    func `a new certificate is for new connections, and disturbs none`(
        securing: Securing
    ) throws {
        try withServer { server, files in
            let good = ["trust=" + files["good.pem"]]
            let other = ["trust=" + files["other.pem"]]
            let midway = try TLSClient("half", securing, with: server, good)
            try midway.reach("half")
            let clear = try SMTPClient.greeted(server)
            try clear.say("MAIL FROM:<me@example.org>", expecting: 250)

            try files.replace("used.both", with: "other.both")
            try server.reload(expecting: " info blackhole: reloaded")
            let fingerprint = try files.fingerprint("other.pem")
            #expect(try server.fingerprints == [files.fingerprint("good.pem"), fingerprint])
            for securing in Securing.allCases {
                #expect(try TLSClient.run("mail", securing, with: server, other) == fingerprint)
                try TLSClient.run("refused", securing, with: server, good)
            }

            try midway.leave("half")
            try midway.finish()
            try clear.say("RCPT TO:<you@example.org>", expecting: 250)
            try clear.say("QUIT", expecting: 221)
            #expect(try server.stop().messages == 8)
        }
    }

    @Test(arguments: ["garbage.pem", "empty.pem", "good.pem", "locked.both", "truncated.pem"])
    func `a broken file leaves the old certificate in use`(file: String) throws {
        let line = "not reloaded, all stays as it was: "
        try withServer(announced: [line]) { server, files in
            let good = ["trust=" + files["good.pem"]]
            let midway = try TLSClient("half", .implicit, with: server, good)
            try midway.reach("half")
            try files.replace("used.both", with: file)
            try server.reload(
                expecting: " error blackhole: \(line)cannot start TLS: \(files["used.both"]): ")
            #expect(server.logCount(" error ") == 1)
            for securing in Securing.allCases {
                try TLSClient.run("mail", securing, with: server, good)
            }
            try midway.leave("half")
            try midway.finish()

            try files.replace("used.both", with: "other.both")
            try server.reload(expecting: " reloaded")
            let shown = try TLSClient.run(
                "mail", .implicit, with: server, ["trust=" + files["other.pem"]])
            #expect(try shown == files.fingerprint("other.pem"))
        }
    }

    @Test func `a missing file leaves the old certificate in use`() throws {
        try withServer(announced: ["not reloaded"]) { server, files in
            try FileManager.default.removeItem(atPath: files["used.both"])
            try server.reload(expecting: "No such file or directory; check the path")
            try TLSClient.run("mail", .implicit, with: server, ["trust=" + files["good.pem"]])
        }
    }

    @Test func `a certificate made in memory stays the same after a reload`() throws {
        try RunningServer.run(TLSOptionTests.portable) { server in
            let before = try Fingerprint.shown(at: server.port, "-starttls smtp")
            for _ in 0..<3 {
                try server.reload(expecting: " reloaded")
                #expect(try Fingerprint.shown(at: server.port, "-starttls smtp") == before)
                #expect(try Fingerprint.shown(at: server.port(.implicit)) == before)
            }
            #expect(server.fingerprints == [before])
            #expect(server.log.contains("blackhole certificate --out FILE"))
        }
    }

    @Test func `a reload stops offering STARTTLS, and begins again`() throws {
        let folder = TemporaryDirectory()
        let file = try folder.write("starttls=True", to: "conf")
        try RunningServer.run(["--workers", "1", "--conf", file]) { server in
            let before = try SMTPClient.greeted(server)
            try folder.write("starttls=False", to: "conf")
            try server.reload(expecting: " reloaded")
            try TLSClient.run("not_offered", .starttls, with: server)
            try before.say("STARTTLS", expecting: 220)
            try folder.write("starttls=True", to: "conf")
            try server.reload(expecting: " reloaded")
            try TLSClient.run("mail", .starttls, with: server)
        }
    }

    @Test func `a reload switches STARTTLS on and off`() throws {
        let folder = TemporaryDirectory()
        let file = try folder.write("", to: "conf")
        try RunningServer.run(["--workers", "1", "--conf", file]) { server in
            for (value, scenario) in [
                ("auto", "not_offered"), ("True", "mail"), ("False", "not_offered"),
            ] {
                try folder.write("starttls=\(value)", to: "conf")
                try server.reload(expecting: " reloaded")
                try TLSClient.run(scenario, .starttls, with: server)
            }
            #expect(server.log.contains("starttls has changed from auto to True\n"))
        }
    }

    @Test func `without TLS it disturbs nobody`() throws {
        try RunningServer.run(["--workers", "1", "--ssl=false"]) { server in
            let client = try SMTPClient.greeted(server)
            for _ in 0..<5 {
                try server.reload(expecting: " reloaded")
                try SMTPClient.mailOnce(server)
            }
            try client.mail()
            #expect(try server.stop().messages == 6)
        }
    }

    @Test func `a thousand reloads under load leave nothing behind`() throws {
        try withServer { server, files in
            let good = ["trust=" + files["good.pem"]]
            try TLSClient.run("mail", .implicit, with: server, good)
            let before = try server.facts.residentKilobytes
            try server.expectRestAfter {
                for _ in 0..<10 {
                    let client = try TLSClient("mail", .implicit, with: server, good)
                    for _ in 0..<100 {
                        try server.reload(expecting: " reloaded")
                    }
                    try client.finish()
                }
            }
            let grown = try server.facts.residentKilobytes - before
            let limit = 8 * 1024 * ProcessFacts.memoryFactor
            #expect(grown < limit, "the memory grew by \(grown) KB")
        }
    }
}
