import BlackholeSMTP
import Testing

@Suite struct `An exchange` {
    static let asked = "<1896.697170952@postoffice.reston.mci.net>"
    static let digest = "b913a602c7eda7a495b4e6e7334d3890"

    /// What a client says in its steps, and what comes of the last.
    struct Row: CustomTestStringConvertible {
        let mechanism: SASLMechanism
        let responses: [[UInt8]]
        let outcome: SASLExchange.Outcome

        init(_ mechanism: SASLMechanism, _ responses: String..., gives credentials: Credentials?) {
            self.init(mechanism, bytes: responses.map { Array($0.utf8) }, gives: credentials)
        }

        init(_ mechanism: SASLMechanism, bytes: [[UInt8]], gives credentials: Credentials? = nil) {
            self.mechanism = mechanism
            responses = bytes
            outcome = credentials.map { .credentials($0) } ?? .malformed
        }

        var testDescription: String {
            let said = responses.map { "\"\($0.prefix(50).debugText)\"" }.joined(separator: ", ")
            return "\(mechanism.name) \(said)"
        }
    }

    static let plain: [Row] = [
        Row(.plain, "\0u\0p", gives: Credentials(.plain, user: "u", password: "p")),
        Row(
            .plain, "a\0u\0p",
            gives: Credentials(.plain, authorizationIdentity: "a", user: "u", password: "p")),
        Row(
            .plain, "é b\0ü@x.example\0 \u{1F511}\r\n",
            gives: Credentials(
                .plain, authorizationIdentity: "é b", user: "ü@x.example",
                password: " \u{1F511}\r\n")),
        Row(
            .plain, "\0u\0" + String(9000, "x"),
            gives: Credentials(.plain, user: "u", password: String(9000, "x"))),
        Row(.plain, "\0\0", gives: Credentials(.plain, user: "", password: "")),
        Row(.plain, "\0u\0", gives: Credentials(.plain, user: "u", password: "")),
        Row(.plain, "\0\0p", gives: Credentials(.plain, user: "", password: "p")),
        Row(
            .plain, "a\0\0p",
            gives: Credentials(.plain, authorizationIdentity: "a", user: "", password: "p")),
        Row(
            .plain, bytes: [[0xE4, 0, 0xFC, 0, 0x70, 0xE9]],
            gives: Credentials(
                .plain, authorizationIdentity: "\u{FFFD}", user: "\u{FFFD}",
                password: "p\u{FFFD}")),
        Row(.plain, "", gives: nil), Row(.plain, "\0", gives: nil), Row(.plain, "up", gives: nil),
        Row(.plain, "\0u", gives: nil), Row(.plain, "u\0p", gives: nil),
        Row(.plain, "\0u\0p\0", gives: nil), Row(.plain, "a\0u\0p\0q", gives: nil),
    ]

    static let login: [Row] = [
        Row(.login, "u", "p", gives: Credentials(.login, user: "u", password: "p")),
        Row(.login, "u v", "é", gives: Credentials(.login, user: "u v", password: "é")),
        Row(.login, "", "", gives: Credentials(.login, user: "", password: "")),
        Row(.login, "", "p", gives: Credentials(.login, user: "", password: "p")),
        Row(.login, "u", "", gives: Credentials(.login, user: "u", password: "")),
        Row(
            .login, bytes: [[0x6A, 0xFC], [0xFF]],
            gives: Credentials(.login, user: "j\u{FFFD}", password: "\u{FFFD}")),
        Row(.login, "u\0v", gives: nil), Row(.login, "u", "p\0", gives: nil),
    ]

    static let cramMD5: [Row] = [
        Row(
            .cramMD5, "tim " + digest,
            gives: Credentials(.cramMD5, user: "tim", digest: digest, challenge: asked)),
        Row(
            .cramMD5, "t i é  " + digest,
            gives: Credentials(.cramMD5, user: "t i é ", digest: digest, challenge: asked)),
        Row(
            .cramMD5, " " + digest,
            gives: Credentials(.cramMD5, user: "", digest: digest, challenge: asked)),
        Row(
            .cramMD5, bytes: [[0xFF, 0x20] + Array(digest.utf8)],
            gives: Credentials(.cramMD5, user: "\u{FFFD}", digest: digest, challenge: asked)),
        Row(.cramMD5, "", gives: nil), Row(.cramMD5, digest, gives: nil),
        Row(.cramMD5, "tim", gives: nil),
        Row(.cramMD5, "tim" + digest, gives: nil), Row(.cramMD5, "tim\t" + digest, gives: nil),
        Row(.cramMD5, "tim " + digest + " ", gives: nil),
        Row(.cramMD5, "tim " + digest.dropLast(), gives: nil),
        Row(.cramMD5, "tim " + digest.uppercased(), gives: nil),
        Row(.cramMD5, "tim g" + digest.dropFirst(), gives: nil),
        Row(.cramMD5, "t\0m " + digest, gives: nil),
    ]

    @Test(arguments: plain + login + cramMD5)
    func `ends with credentials, or with a response that is malformed`(row: Row) {
        var exchange = SASLExchange(row.mechanism, challenge: Self.asked)
        for response in row.responses.dropLast() {
            #expect(exchange.take(response) == .challenge)
        }
        #expect(exchange.take(row.responses[row.responses.count - 1]) == row.outcome)
    }

    @Test func `asks what the mechanism asks`() {
        #expect(SASLExchange(.plain, challenge: "").challenge == "")
        #expect(SASLExchange(.cramMD5, challenge: Self.asked).challenge == Self.asked)
        var login = SASLExchange(.login, challenge: "")
        #expect(login.challenge == "Username:")
        #expect(login.take(Array("u".utf8)) == .challenge)
        #expect(login.challenge == "Password:")
    }

    @Test func `makes a challenge only where one is needed`() {
        var made = 0
        func make() -> String {
            made += 1
            return "<1@x>"
        }
        for mechanism in SASLMechanism.allCases {
            _ = SASLExchange(mechanism, challenge: make())
            #expect(made == (mechanism == .cramMD5 ? 1 : 0))
        }
    }

    @Test(arguments: [
        Credentials(.plain, authorizationIdentity: "a", user: "u", password: "secret"),
        Credentials(.login, user: "u", password: "secret"),
        Credentials(.cramMD5, user: "u", digest: "secret", challenge: "<secret@x>"),
    ])
    func `tells no secret where credentials are printed`(credentials: Credentials) {
        #expect("\(credentials)" == "\(credentials.mechanism.name) u")
        #expect(String(reflecting: credentials) == credentials.description)
    }
}
