import Pipeline
import SMTP
import Sink
import TLS
import Testing

/// What an idle connection in clear costs in memory of our own: the sizes of what is kept for it.
///
/// What the closure holds by which `StartTLS` makes its layers, 56 octets, is not among it.
struct MemoryTests {
    typealias Lines<Asked: Responder> = LineFraming<DataDiscard<SeededSession<Session<Asked>>>>
    typealias Onion<Asked: Responder> = Admission<StartTLS<Lines<Asked>>>

    /// The program's stacks, where sessions are not logged.
    static let stacks = [
        ("STARTTLS, switches", MemoryLayout<Onion<SwitchedResponder>>.stride),
        ("STARTTLS", MemoryLayout<Onion<ModeResponder>>.stride),
        ("switches", MemoryLayout<Admission<Lines<SwitchedResponder>>>.stride),
        ("neither", MemoryLayout<Admission<Lines<ModeResponder>>>.stride),
    ]

    @Test(arguments: stacks)
    func `an idle connection costs 512 octets at the most`(name: String, stack: Int) {
        let loop = SlotState.octetsPerConnection
        #expect(loop > 0 && stack > 0)
        #expect(loop + stack <= 512, "\(loop) of the loop, \(stack) of the stack")
    }
}
