import Pipeline
import Testing

@Suite struct `A loopback` {
    @Test func `says what the stack says`() {
        var loopback = Loopback { _ in Echo() }
        loopback.send("hello")
        #expect(loopback.takeOutput() == "hello")
        #expect(loopback.closing == nil)
        loopback.end()
        #expect(loopback.closing == .ended)
        #expect(loopback.connectionCount == 0)
    }
}
