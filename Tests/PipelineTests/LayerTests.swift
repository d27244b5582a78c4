import BlackholePipeline
import BlackholeTestSupport
import Testing

@Suite struct `A layer of one's own` {
    @Test func `is wrapped around a stack`() {
        var loopback = Loopback { _ in ByteCounting(next: Lines()) }
        loopback.send("one\ntwo\nhalf a line")
        loopback.end()
        #expect(loopback.takeOutput() == "opened\none\ntwo\n8 bytes\nended\n")
    }

    @Test func `composes with others in either order`() {
        let outside = Journal()
        var loopback = Loopback { _ in
            TranscriptLayer(journal: outside, next: ByteCounting(next: Lines()))
        }
        loopback.send("one\ntwo")
        loopback.end()
        #expect(
            outside.entries == [
                "S: opened\n", "C: one\n", "S: one\n", "S: 4 bytes\nended\n",
            ])

        let inside = Journal()
        loopback.open { _ in ByteCounting(next: TranscriptLayer(journal: inside, next: Lines())) }
        loopback.send("one\ntwo")
        loopback.end()
        #expect(inside.entries == ["S: opened\n", "C: one\n", "S: one\n", "S: ended\n"])
    }

    @Test func `passes every verdict on`() {
        let journal = Journal()
        var loopback = Loopback { _ in
            ByteCounting(next: TranscriptLayer(journal: journal, next: Lines()))
        }
        loopback.send("pause 100\nflush\nclose\nunheard\n")
        loopback.advance(by: .milliseconds(100))
        #expect(loopback.takeOutput() == "opened\npausing\nresumed\nflushed\nbye\n")
        #expect(loopback.closing == .ended)
    }

    @Test func `knows the peer`() {
        let address = NetworkAddress.loopback(port: 99)
        let peer = Peer(address: address, local: .loopback(port: 25))
        #expect(peer.address == address)
        #expect(peer.local.port == 25)
        #expect(peer.loop == 0)
        #expect(peer.serial == 1)
    }
}

@Suite struct `A stack chosen at run time` {
    @Test(arguments: [false, true])
    func `runs as the one inside it`(isTraced: Bool) {
        let journal = Journal()
        var loopback = Loopback { _ in
            isTraced
                ? AnyByteHandler(TranscriptLayer(journal: journal, next: Lines()))
                : AnyByteHandler(Echo())
        }
        loopback.send("close\n")
        #expect(loopback.takeOutput() == (isTraced ? "opened\nbye\n" : "close\n"))
        #expect(journal.entries == (isTraced ? ["S: opened\n", "C: close\n", "S: bye\n"] : []))
    }

    @Test func `deinitialises once, behind its last event`() {
        let journal = Journal()
        var loopback = Loopback { _ in AnyByteHandler(Lines(journal)) }
        loopback.send("one\n")
        loopback.end()
        #expect(journal.entries == ["opened", "ended", "closed", "deinit"])
    }

    @Test func `deinitialises when it is never run`() {
        let journal = Journal()
        do { _ = AnyByteHandler(Lines(journal)) }
        #expect(journal.entries == ["deinit"])
    }

    @Test func `can be a layer inside another`() {
        var loopback = Loopback { _ in ByteCounting(next: AnyByteHandler(Lines())) }
        loopback.send("one\n")
        loopback.end()
        #expect(loopback.takeOutput() == "opened\none\n4 bytes\nended\n")
    }
}
