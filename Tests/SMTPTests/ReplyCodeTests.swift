import BlackholeSMTP
import Testing

@Suite struct `A reply code` {
    @Test(arguments: ReplyCode.allCases)
    func `has an enhanced code of its own class, or none`(code: ReplyCode) {
        let hasEnhanced = code != .ready && code.rawValue / 100 != 3
        #expect(
            code.enhanced.map { UInt16($0.category) } == (hasEnhanced ? code.rawValue / 100 : nil))
    }

    @Test(arguments: [
        (ReplyCode.startData, "354 Start mail input; end with <CRLF>.<CRLF>\r\n"),
        (.closing, "221 2.0.0 Thank you for speaking to me\r\n"),
        (.noTLSForNow, "454 4.7.0 TLS not available due to temporary reason\r\n"),
        (.blocked, "571 5.7.1 Blocked\r\n"),
    ])
    func `makes a reply of its text`(code: ReplyCode, reply: String) {
        #expect(`A reply`.written(Reply(code)) == reply)
    }
}
