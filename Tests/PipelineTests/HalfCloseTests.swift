import BlackholePipeline
import BlackholeTestSupport
import Testing

@Suite struct `A stack that ends its own side` {
    let journal = Journal()

    /// Says what it hears, and ends at "end"; the last word is a close.
    func open() -> Loopback {
        let journal = journal
        return Loopback { _ in
            Scripted(
                journal,
                onInput: { input, context in
                    journal.note(input.text)
                    let text = input.text
                    if !text.hasPrefix("mute") { context.output.append(text: text) }
                    // The word alone is taken: the rest is offered again.
                    return text.hasPrefix("end")
                        ? Intake(3, .end)
                        : Intake(input.byteCount, text == "close" ? .close : .proceed)
                },
                onEvent: { event, _ in event == .ended ? .close : .proceed })
        }
    }

    @Test func `goes on reading`() {
        var loopback = open()
        loopback.send("end")
        #expect(loopback.takeOutput() == "end")
        #expect(loopback.closing == .ended && loopback.connectionCount == 1)
        loopback.send("mute one")
        loopback.send("mute two")
        #expect(journal.entries == ["opened", "end", "mute one", "mute two"])
        loopback.end()
        #expect(journal.entries.suffix(3) == ["ended", "closed", "deinit"])
        #expect(loopback.connectionCount == 0)
    }

    @Test func `is offered the rest of its input`() {
        var loopback = open()
        loopback.send("end" + "mute")
        #expect(journal.entries == ["opened", "endmute", "mute"])
        #expect(loopback.keptBytes == 0)
    }

    @Test func `says all before that, however slowly the peer reads`() {
        var loopback = open()
        loopback.limitWindow(to: 1)
        loopback.send("one, two and three")
        #expect(loopback.takeOutput() == "o")
        loopback.read(100)
        loopback.limitWindow(to: 1)
        loopback.send("end")
        #expect(loopback.closing == nil)
        loopback.read(100)
        #expect(loopback.closing == .ended)
        #expect(loopback.takeOutput() == "ne, two and threeend")
    }

    @Test func `may close later, and says no second end`() {
        let world = World()
        let journal = journal
        let listener = world.kernel.listen()
        world.loop.listen(
            on: listener, at: .loopback(port: 25), as: 1,
            StackRecipe { _ in
                Scripted(journal) { input, _ in
                    Intake(input.byteCount, input.text == "end" ? .end : .close)
                }
            })
        let number = world.open(listener, "end")
        #expect(world.kernel.count(of: .endSending) == 1)
        world.send("close", to: number)
        world.settle()
        world.end(number)
        world.settle()
        #expect(world.kernel.count(of: .endSending) == 1)
        #expect(world.loop.connectionCount == 0)
    }
}
