import Pipeline
struct Echo: ByteHandler, ~Copyable {
    mutating func receive(_ input: RawSpan, _ context: inout Context) -> Progress {
        context.output.append(input)
        return Progress(input.byteCount, context.isOutputFull ? .flush : .proceed)
    }
    mutating func handle(_ event: Event, _ context: inout Context) -> Verdict {
        if event == .opened { context.output.append("220 hi\r\n") }
        return event == .ended || event == .stopping ? .close : .proceed
    }
}
let loops = try EventLoops(count: 2)
let a = try loops.listen(on: .loopback(port: 2599)) { _ in Echo() }
print(a)
_ = readLine()
loops.stop()
print(loops[.accepted], loops[.closed], loops[.octetsReceived], loops[.octetsSent])
