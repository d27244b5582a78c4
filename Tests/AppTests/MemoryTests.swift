import BlackholePipeline
import BlackholeRules
import BlackholeSMTP
import BlackholeSink
import BlackholeTLS
import Testing

/// What an idle connection in clear costs in memory of our own: the sizes of what is kept for it.
///
/// What `TLSLayer` has besides is not among it: the closure by which it makes its layers, 56 bytes,
/// and the object that knows the peer, 80 bytes.
struct MemoryTests {
    typealias Lines<Asked: Responder> = LineFraming<DataDiscard<SeededSession<SMTPSession<Asked>>>>
    typealias Onion<Asked: Responder> = Admission<TLSLayer<Lines<Asked>>>

    /// The program's stacks, where sessions are not logged.
    static let stacks = [
        ("STARTTLS, switches", MemoryLayout<Onion<PlainResponder<RequestReader>>>.stride, 512),
        ("STARTTLS", MemoryLayout<Onion<PlainResponder<NoRequests>>>.stride, 512),
        ("switches", MemoryLayout<Admission<Lines<PlainResponder<RequestReader>>>>.stride, 480),
        ("neither", MemoryLayout<Admission<Lines<PlainResponder<NoRequests>>>>.stride, 480),
    ]

    @Test(arguments: stacks)
    func `an idle connection costs no more than its share of memory`(
        name: String, stack: Int, maximumBytes: Int
    ) {
        let loop = SlotState.bytesPerConnection
        #expect(loop > 0 && stack > 0)
        #expect(loop + stack <= maximumBytes, "\(loop) of the loop, \(stack) of the stack")
    }
}
