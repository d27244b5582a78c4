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

    static let xoauth2: [Row] = [
        Row(
            .xoauth2, "user=u@x.example\u{1}auth=Bearer a.b-_~+/==\u{1}\u{1}",
            gives: Credentials(.xoauth2, user: "u@x.example", token: "a.b-_~+/==")),
        Row(
            .xoauth2, "auth=bEARER  t\u{1}user=é =,\u{1}host=x\u{1}\u{1}",
            gives: Credentials(.xoauth2, user: "é =,", token: "t")),
        Row(
            .xoauth2, "user=\u{1}auth=\u{1}\u{1}",
            gives: Credentials(.xoauth2, user: "", token: "")),
        Row(
            .xoauth2,
            bytes: [Array("user=".utf8) + [0xFC, 1] + Array("auth=Bearer t\u{1}\u{1}".utf8)],
            gives: Credentials(.xoauth2, user: "\u{FFFD}", token: "t")),
        Row(.xoauth2, "", gives: nil), Row(.xoauth2, "\u{1}", gives: nil),
        Row(.xoauth2, "\u{1}\u{1}", gives: nil),
        Row(.xoauth2, "user=u\u{1}auth=Bearer t\u{1}", gives: nil),
        Row(.xoauth2, "user=u\u{1}auth=Bearer t", gives: nil),
        Row(.xoauth2, "user=u\u{1}auth=Bearer t\u{1}\u{1}\u{1}", gives: nil),
        Row(.xoauth2, "user=u\u{1}\u{1}", gives: nil),
        Row(.xoauth2, "auth=Bearer t\u{1}\u{1}", gives: nil),
        Row(.xoauth2, "user=u\u{1}auth=Bearer\u{1}\u{1}", gives: nil),
        Row(.xoauth2, "user=u\u{1}auth=Bearer \u{1}\u{1}", gives: nil),
        Row(.xoauth2, "user=u\u{1}auth=Basic t\u{1}\u{1}", gives: nil),
        Row(.xoauth2, "user=u\u{1}auth=Bearer t t\u{1}\u{1}", gives: nil),
        Row(.xoauth2, "user=u\u{1}auth=Bearer é\u{1}\u{1}", gives: nil),
        Row(.xoauth2, "user=u\0\u{1}auth=Bearer t\u{1}\u{1}", gives: nil),
        Row(.xoauth2, "user=u\u{1}user=v\u{1}auth=Bearer t\u{1}\u{1}", gives: nil),
        Row(.xoauth2, "user=u\u{1}x\u{1}auth=Bearer t\u{1}\u{1}", gives: nil),
        Row(.xoauth2, "user=u\u{1}=x\u{1}auth=Bearer t\u{1}\u{1}", gives: nil),
        Row(.xoauth2, "user=u\u{1}a b=x\u{1}auth=Bearer t\u{1}\u{1}", gives: nil),
    ]

    /// What curl says, in `rest`, and the first row is RFC 7628's example (§4.1).
    static let rest = "\u{1}host=server.example.com\u{1}port=587\u{1}auth=Bearer vF9d\u{1}\u{1}"
    static let oauthBearer: [Row] = [
        Row(
            .oauthBearer, "n,a=user@example.com," + rest,
            gives: Credentials(.oauthBearer, user: "user@example.com", token: "vF9d")),
        Row(.oauthBearer, "y,," + rest, gives: Credentials(.oauthBearer, user: "", token: "vF9d")),
        Row(
            .oauthBearer, "n,a=," + rest,
            gives: Credentials(.oauthBearer, user: "", token: "vF9d")),
        Row(
            .oauthBearer, "n,a=é=2C=3D=2C2C," + rest,
            gives: Credentials(.oauthBearer, user: "é,=,2C", token: "vF9d")),
        Row(
            .oauthBearer, "n,,\u{1}auth=\u{1}\u{1}",
            gives: Credentials(.oauthBearer, user: "", token: "")),
        Row(.oauthBearer, "", gives: nil), Row(.oauthBearer, "\u{1}", gives: nil),
        Row(.oauthBearer, "n,a=u,", gives: nil), Row(.oauthBearer, "n,,\u{1}\u{1}", gives: nil),
        Row(.oauthBearer, rest, gives: nil), Row(.oauthBearer, "n" + rest, gives: nil),
        Row(.oauthBearer, "n," + rest, gives: nil), Row(.oauthBearer, "n,a=u" + rest, gives: nil),
        Row(.oauthBearer, "n,,," + rest, gives: nil), Row(.oauthBearer, "N,," + rest, gives: nil),
        Row(.oauthBearer, "p=tls-unique,," + rest, gives: nil),
        Row(.oauthBearer, "n,u," + rest, gives: nil),
        Row(.oauthBearer, "n,a=a=b," + rest, gives: nil),
        Row(.oauthBearer, "n,a=a=3d," + rest, gives: nil),
        Row(.oauthBearer, "n,a=a=," + rest, gives: nil),
        Row(.oauthBearer, "n,a=\0," + rest, gives: nil),
        Row(.oauthBearer, "n,,\u{1}auth=Bearer t\u{1}", gives: nil),
        Row(.oauthBearer, "n,," + rest.dropLast(), gives: nil),
    ]

    @Test(arguments: plain + login + cramMD5 + xoauth2 + oauthBearer)
    func `ends with credentials, or with a response that is malformed`(row: Row) {
        var exchange = SASLExchange(row.mechanism, challenge: Self.asked)
        for response in row.responses.dropLast() {
            #expect(exchange.take(response) == .challenge)
        }
        #expect(exchange.take(row.responses[row.responses.count - 1]) == row.outcome)
    }

    @Test func `asks what the mechanism asks`() {
        for mechanism in [SASLMechanism.plain, .xoauth2, .oauthBearer] {
            #expect(SASLExchange(mechanism, challenge: "").challenge == "")
        }
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
            made = 0
            _ = SASLExchange(mechanism, challenge: make())
            #expect(made == (mechanism == .cramMD5 ? 1 : 0))
        }
    }

    @Test(arguments: [
        (
            SASLMechanism.xoauth2, "user=u\u{1}auth=Bearer t\u{1}\u{1}",
            #"{"status":"401","schemes":"bearer"}"#
        ),
        (.oauthBearer, "n,,\u{1}auth=Bearer t\u{1}\u{1}", #"{"status":"invalid_token"}"#),
    ])
    func `says why a token is refused, and what is answered to that is the end`(
        mechanism: SASLMechanism, response: String, reason: String
    ) {
        for last in ["", "\u{1}", "anything"] {
            var exchange = SASLExchange(mechanism, challenge: "")
            let isEarly = exchange.refuse(with: .close)
            #expect(!isEarly, "nobody has said who it is")
            _ = exchange.take(Array(response.utf8))
            #expect(exchange.refusal == nil)
            let answer = Answer.reply(535, "No")
            let isFirst = exchange.refuse(with: answer)
            #expect(isFirst)
            #expect(exchange.challenge == reason)
            let isSecond = exchange.refuse(with: .close)
            #expect(!isSecond, "once is enough")
            #expect(exchange.take(Array(last.utf8)) == .refused)
            #expect(exchange.refusal?.reply?.code == 535)
        }
    }

    @Test func `has no word more where a password is refused`() {
        for (mechanism, response) in [
            (SASLMechanism.plain, "\0u\0p"), (.cramMD5, "u \(Self.digest)"),
        ] {
            var exchange = SASLExchange(mechanism, challenge: Self.asked)
            _ = exchange.take(Array(response.utf8))
            let goesOn = exchange.refuse(with: .reply(535, "No"))
            #expect(!goesOn)
        }
    }

    @Test(arguments: [
        Credentials(.xoauth2, user: "u", token: "secret"),
        Credentials(.oauthBearer, user: "u", token: "secret"),
        Credentials(.plain, authorizationIdentity: "a", user: "u", password: "secret"),
        Credentials(.login, user: "u", password: "secret"),
        Credentials(.cramMD5, user: "u", digest: "secret", challenge: "<secret@x>"),
    ])
    func `tells no secret where credentials are printed`(credentials: Credentials) {
        #expect("\(credentials)" == "\(credentials.mechanism.name) u")
        #expect(String(reflecting: credentials) == credentials.description)
    }
}
