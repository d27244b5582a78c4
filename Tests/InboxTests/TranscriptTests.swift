import BlackholeInbox
import Testing

@Suite struct `A transcript` {
    @Test func `names who said each line`() {
        let transcript = Transcript([
            .init(speaker: .server, text: "220 localhost ESMTP"),
            .init(speaker: .client, text: "EHLO me"),
        ])
        #expect(transcript.description == "S: 220 localhost ESMTP\nC: EHLO me")
    }
}
