import BlackholePipeline
import BlackholeSMTP
import BlackholeSink
import Testing

/// What a log of sessions may not show.
@Suite struct `The log of a session` {
    /// `NUL user NUL hunter2`, and `hunter2`, in base64.
    static let plain = "AHVzZXIAaHVudGVyMg=="
    static let password = "aHVudGVyMg=="
    /// The same with a user whom the server refuses.
    static let refused = "AGZhaWw9bWUAaHVudGVyMg=="

    private func expectNoSecret(
        _ lines: [String], sourceLocation: SourceLocation = #_sourceLocation
    ) {
        for authentication in [Authentication.offered, .afterTLS, .none] {
            let log = SessionRecordTests.log(
                of: ["EHLO x"] + lines, authentication: authentication)
            for secret in [Self.plain, Self.password, Self.refused, "hunter2"] {
                #expect(
                    !log.contains { $0.contains(secret) }, "\(log)", sourceLocation: sourceLocation)
            }
        }
    }

    private static let lines: [String] = [
        "AUTH PLAIN \(plain)", "AUTH PLAIN\t\(plain)", "auth\tplain\t \(plain)",
        "AUTH  PLAIN  \(plain) ", "AUTH PLAIN \(plain) x", "AUTH \(plain)", "AUTH\t\(password)",
        "AUTH XOAUTH2 \(plain)", "AUTH NTLM\t\(plain)", "AUTH PLAIN=\(plain)",
        "AUTH CRAM-MD5 \(password)", "AUTHPLAIN \(plain)", "AUTH=PLAIN \(plain)",
        "AUTH:\(plain)", " AUTH PLAIN \(plain)", "\tAUTH \(plain)", "XAUTH \(plain)",
        "AUHT PLAIN \(plain)", "AUTH PLAIN \(plain)\0", "AUTH\0PLAIN \(plain)",
        "AUTH PLAIN\u{1}\(plain)", "\u{1B}AUTH PLAIN \(plain)", "A\0UTH PLAIN \(plain)",
        "AUTH LOGIN\ndXNlcg==\n\(password)", "NOOP\nAUTH PLAIN \(plain)",
        "NOOP\rAUTH LOGIN \(password)", "PASS hunter2", "a1 LOGIN user hunter2",
        "Authorization: Basic \(plain)", "Proxy-Password:hunter2",
    ]

    @Test(arguments: lines)
    func `has no secret of a line that is AUTH, or was meant to be`(line: String) {
        expectNoSecret([line, Self.plain, Self.password])
    }

    private static let dialogues: [[String]] = [
        ["AUTH PLAIN", plain], ["AUTH LOGIN", "dXNlcg==", password], ["AUTH PLAIN", password],
        ["AUTH LOGIN", "*", password], ["AUTH PLAIN \(refused)", plain, password],
        ["AUTH NONE", plain], ["AUTH LOGIN\r\ndXNlcg==\r\n\(password)"],
        ["AUTH PLAIN x y", "hunter2", "hunter2 hunter2", "\0hunter2"],
        ["MAIL FROM:<a@b>", "AUTH LOGIN", "dXNlcg==", password, "hunter2"],
        ["AUTH PLAIN \(plain)", "AUTH PLAIN \(plain)", password],
        ["AUTH PLAIN " + String(repeating: "x", count: 20_000), password],
        ["AUTH PLAIN", String(repeating: "hunter2", count: 2_000), password],
    ]

    @Test(arguments: dialogues)
    func `has no response, be AUTH accepted, refused or cut off`(lines: [String]) {
        expectNoSecret(lines)
    }

    @Test func `shows the mechanism, and what comes after the exchange`() {
        let lines = ["EHLO x", "auth  plain \(Self.plain)", "XFORWARD a=b", "NOOP x", "BOGUS y"]
        let log = SessionRecordTests.log(of: lines, authentication: .offered)
        for shown in ["C: auth  plain ********", "C: ********", "C: NOOP x", "C: BOGUS ********"] {
            #expect(log.contains { $0.hasSuffix(shown) }, "\(shown): \(log)")
        }
    }

    /// Lines at random from the parts that AUTH is made of, odd blanks, control characters and
    /// other commands; every second one ends with the secret.
    @Test func `has no secret of random sessions with AUTH`() {
        var random = RandomSource(seed: 1)
        let secret = "c2VjcmV0LW1hcmtlcg=="
        let opens = [
            "AUTH", "auth", "Auth", " AUTH", "\tAUTH", "AUTH\0", "\0AUTH", "AU\u{7F}TH", "AUTHX",
            "",
        ]
        let middles = ["PLAIN", "LOGIN", "login", "CRAM-MD5", "NTLM", "=", "*", "\u{1}", ""]
        let blanks = [" ", "  ", "\t", " \t ", "\n", "\r", "\0", "\u{FF}"]
        for _ in 0..<300 {
            var lines = ["EHLO x", "AUTH PLAIN AA=="]
            for _ in 0..<8 {
                let parts = [opens, blanks, middles, blanks].map {
                    $0.randomElement(using: &random) ?? ""
                }
                lines.append(parts.joined() + (Bool.random(using: &random) ? secret : ""))
            }
            let log = SessionRecordTests.log(of: lines, authentication: .offered)
            let leaks = log.filter { $0.contains(secret) }
            #expect(leaks.isEmpty, "\(lines)")
        }
    }
}
