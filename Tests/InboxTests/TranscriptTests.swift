import BlackholeInbox
import BlackholePipeline
import Testing

@Suite struct `A transcript` {
    @Test func `names who said each line`() {
        let transcript = Transcript([
            .init(speaker: .server, text: "220 localhost ESMTP"),
            .init(speaker: .client, text: "EHLO me"),
        ])
        #expect(transcript.description == "S: 220 localhost ESMTP\nC: EHLO me")
        #expect(transcript.commands == ["EHLO me"])
    }

    @Test func `has content as nobody's line`() {
        let scribe = Scribe(in: Inbox())
        scribe.add(.client, "DATA")
        scribe.received(contentBytes: 42)
        #expect(scribe.text.commands == ["DATA"])
        #expect(scribe.text.description == "C: DATA\n-: 42 bytes of content")
    }

    @Test func `stays what it was while the connection goes on`() {
        let scribe = Scribe(in: Inbox())
        scribe.add(.client, "DATA")
        let before = scribe.text
        scribe.add(.client, "QUIT")
        #expect(before.commands == ["DATA"])
        #expect(before == Transcript([.init(speaker: .client, text: "DATA")]))
        #expect(before.hashValue != scribe.text.hashValue && before != scribe.text)
    }

    @Test func `ends where it has its size`() {
        let scribe = Scribe(in: Inbox(), maximumBytes: 100)
        for _ in 0..<1000 { scribe.add(.client, "NOOP") }
        #expect(scribe.text.lines.count == 4)
        #expect(scribe.text.lines.last?.description == "-: what follows is not kept")
    }

    @Test func `is kept of as many connections as messages`() {
        let inbox = Inbox(keep: 3)
        for number in 0..<10 { Scribe(in: inbox).note("\(number)") }
        #expect(inbox.transcripts.map(\.description) == ["-: 7", "-: 8", "-: 9"])
    }
}
