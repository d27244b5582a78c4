import BlackholeRules
import BlackholeSMTP
import BlackholeSink
import Testing

/// The table of codes against what the original published.
struct ReplyCodeTests {
    static let published: [UInt16: String] = [
        220: "OK, ready",
        221: "Thank you for speaking to me",
        250: "OK, done",
        251: "OK, user not local, will forward",
        252: "OK, cannot VRFY user but will attempt delivery",
        253: "OK, messages pending",
        354: "Start mail input; end with <CRLF>.<CRLF>",
        355: "Octet-offset is the transaction offset",
        421: "Service not available, closing transmission channel",
        450: "Requested mail action not taken: mailbox unavailable",
        451: "Requested action aborted: local error in processing",
        452: "Requested action not taken: insufficient system storage",
        454: "TLS not available due to temporary reason",
        458: "Unable to queue message",
        459: "Not allowed: unknown reason",
        500: "Command not recognized",
        501: "Syntax error, no parameters allowed",
        502: "Command not implemented",
        503: "Bad sequence of commands",
        504: "Command parameter not implemented",
        521: "Machine does not accept mail",
        530: "Must issue a STARTTLS command first",
        534: "Authentication mechanism is too weak",
        538: "Encryption required for requested authentication mechanism",
        550: "Requested action not taken: mailbox unavailable",
        551: "User not local",
        552: "Requested mail action aborted: exceeded storage allocation",
        553: "Requested action not taken: mailbox name not allowed",
        554: "Transaction failed",
        571: "Blocked",
    ]

    @Test func `has every code that was published, with its text`() {
        // 431 was drawn, but had no text.
        let codes = ReplyCode.allCases.filter { $0 != .mailSystemFull }
        let table = codes.map { ($0.rawValue, "\($0.text)") }
        #expect(Dictionary(uniqueKeysWithValues: table) == Self.published)
    }

    @Test(arguments: ReplyCode.allCases)
    func `every code makes a reply`(code: ReplyCode) {
        let reply = Reply(code)
        #expect(reply.code == code.rawValue)
        #expect(reply.enhanced?.category == (reply.enhanced == nil ? nil : UInt8(reply.code / 100)))
    }

    @Test func `bounces with the codes that were published`() {
        #expect(
            ModeSettings.allBounceCodes.map(\.rawValue) == [
                421, 431, 450, 451, 452, 454, 458, 459, 521, 534, 550, 551, 552, 553, 554, 571,
            ])
    }
}
