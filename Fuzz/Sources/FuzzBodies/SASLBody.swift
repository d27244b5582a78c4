import BlackholeCOpenSSL
import BlackholePipeline
import BlackholeSMTP

/// A session takes and refuses responses as a naive reader of the standards does, its responder
/// hears of the credentials that were meant, and they prove a password where OpenSSL agrees.
public final class SASLBody: FuzzBody {
    private let settings = SessionSettings(
        authentication: .offered, mechanisms: SASLMechanism.allCases)
    private var context = Context()

    /// Makes a body.
    public init() {}

    /// The input: a byte that chooses, then lines, each ended by LF.
    ///
    /// The choice: the mechanism, whether the first line comes with AUTH (4), whether the lines
    /// are what is spelt in base64 and not the spelling (8), and whether it is a token's mechanism (64),
    /// where nobody may be believed (2).
    public func run(_ input: RawSpan) {
        var choices = Choices()
        let choice = choices.byte(of: input)
        let hasToken = choice & 64 != 0
        let mechanism =
            hasToken
            ? [.xoauth2, .oauthBearer][Int(choice & 1)]
            : [SASLMechanism.plain, .login, .cramMD5, .plain][Int(choice & 3)]
        let isRefused = hasToken && choice & 2 != 0
        let lines = Array(input, choices.rest(of: input)).split(
            separator: 0x0A, omittingEmptySubsequences: false)
        let log = CredentialsLog()
        var session = SMTPSession(settings, Believing(log, isBelieved: !isRefused))
        _ = say("EHLO x", to: &session)

        var exchange: NaiveExchange?
        for line in lines {
            let line = choice & 8 != 0 ? NaiveBase64.encode(Array(line)) : Array(line)
            var isInitial = false
            if exchange == nil {
                var fresh = NaiveExchange(mechanism)
                // What is no word would be another command.
                isInitial =
                    choice & 4 != 0 && mechanism != .cramMD5 && !line.isEmpty
                    && line.allSatisfy { $0 > 0x20 && $0 != 0x7F }
                if !isInitial { fresh.challenge = begin(mechanism, &session) }
                exchange = fresh
            }
            guard var outcome = exchange?.take(line, isInitial: isInitial) else { return }
            if isRefused { outcome = exchange?.refuse(outcome) ?? outcome }
            let start = isInitial ? Array("AUTH \(mechanism.name) ".utf8) : []
            let reply = say(start + line, to: &session)
            require(
                reply.hasPrefix(SASLBody.start(of: outcome)), "\(reply) where \(outcome) is due")
            switch outcome {
            case .challenge, .reason: break
            case .credentials, .refused, .cancelled, .notBase64, .malformed: exchange = nil
            }
            guard case .credentials(let wanted) = outcome else {
                require(isRefused || log.credentials == nil, "nobody is believed yet")
                continue
            }
            check(log.credentials, mechanism, wanted)
            if let credentials = log.credentials { checkProof(credentials, of: lines[0]) }
            require(say("AUTH PLAIN", to: &session).hasPrefix("503 5.5.1"), "once is enough")
            return
        }
    }

    /// Says AUTH alone; gives what is asked, decoded.
    private func begin(
        _ mechanism: SASLMechanism, _ session: inout SMTPSession<Believing>
    ) -> String {
        let reply = say("AUTH \(mechanism.name)", to: &session)
        require(reply.hasPrefix("334 ") && reply.hasSuffix("\r\n"), "a challenge follows")
        let bytes = NaiveBase64.decode(Array(reply.utf8.dropFirst(4).dropLast(2)))
        require(bytes != nil, "a challenge is base64")
        return String(decoding: bytes ?? [], as: UTF8.self)
    }

    private func check(
        _ credentials: Credentials?, _ mechanism: SASLMechanism, _ wanted: [String]
    ) {
        require(credentials?.mechanism == mechanism, "the mechanism is the one that was named")
        let heard = [
            credentials?.user, credentials?.password, credentials?.digest,
            credentials?.authorizationIdentity, credentials?.challenge, credentials?.token,
        ]
        require(heard.compactMap { $0 } == wanted, "what is meant is what is heard")
    }

    /// A password is proved by itself or by what OpenSSL makes of it, and by nothing else.
    private func checkProof(_ credentials: Credentials, of guess: ArraySlice<UInt8>) {
        let guess = String(decoding: guess, as: UTF8.self)
        guard let challenge = credentials.challenge else {
            let sent = credentials.password ?? credentials.token ?? ""
            require(credentials.proves(password: sent), "what was sent is proved")
            require(
                credentials.proves(password: guess) == sent.utf8.elementsEqual(guess.utf8),
                "and nothing else")
            return
        }
        let digest = SASLBody.digest(of: challenge, key: guess)
        require(
            credentials.proves(password: guess) == (credentials.digest == digest),
            "a digest proves the password that made it")
        let honest = Credentials(
            credentials.mechanism, user: credentials.user, digest: digest, challenge: challenge)
        require(honest.proves(password: guess), "and one that OpenSSL made is taken")
    }

    /// OpenSSL's HMAC-MD5, in small hexadecimal digits.
    private static func digest(of challenge: String, key: String) -> String {
        let (text, key) = (Array(challenge.utf8), Array(key.utf8))
        var bytes = [UInt8](repeating: 0, count: 16)
        var count: UInt32 = 16
        // An empty array may have no address, and OpenSSL takes no key for the key before.
        let made = (key + [0]).withUnsafeBufferPointer {
            HMAC(EVP_md5(), $0.baseAddress, Int32(key.count), text, text.count, &bytes, &count)
        }
        require(made != nil && count == 16, "OpenSSL has MD5")
        return bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private func say(_ text: String, to session: inout SMTPSession<Believing>) -> String {
        say(Array(text.utf8), to: &session)
    }

    private func say(_ line: [UInt8], to session: inout SMTPSession<Believing>) -> String {
        context.output.removeAll()
        let verdict = session.receive(command: line.span.bytes, &context)
        require(verdict == .pass(.proceed), "a session goes on")
        return context.output.withBytes { $0.text }
    }

    /// How the reply begins.
    private static func start(of outcome: NaiveExchange.Outcome) -> String {
        switch outcome {
        case .challenge: "334 "
        case .reason: "334 ey"
        case .refused: "535 5.7.8 "
        case .credentials: "235 2.7.0 "
        case .cancelled: "501 5.7.0 "
        case .notBase64: "501 5.5.2 Response is not base64"
        case .malformed: "501 5.5.2 Response is not what"
        }
    }
}

/// What a responder was told, where the body can see it too.
private final class CredentialsLog {
    var credentials: Credentials?
}

/// Believes everybody, or nobody.
private struct Believing: Responder {
    let log: CredentialsLog
    let isBelieved: Bool

    init(_ log: CredentialsLog, isBelieved: Bool) {
        self.log = log
        self.isBelieved = isBelieved
    }

    mutating func authenticate(
        _ credentials: Credentials, _ context: inout Context
    ) -> Answer {
        log.credentials = credentials
        return isBelieved ? .accept : .reply(535, EnhancedCode(5, 7, 8), "Not you")
    }
}
