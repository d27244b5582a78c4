/// The steps of a dialogue, which can be played.
package struct Script: Sendable {
    let steps: [Step.Kind]

    init(_ steps: [Step]) throws(Flaw) {
        self.steps = steps.map(\.kind)
        guard !steps.isEmpty else {
            throw Flaw("a script without steps", "a server that says nothing has .expectEnd")
        }
        for index in steps.indices {
            do throws(Flaw) {
                try check(self.steps[index], behind: self.steps[..<index])
            } catch {
                var flaw = error
                flaw.part = "step \(index + 1)"
                throw flaw
            }
        }
    }

    /// Whether TLS begins on the way.
    var hasStartTLS: Bool { startTLS != nil }

    /// The first step under TLS: the first of all where TLS does not begin on the way.
    var firstSecured: Int { startTLS.map { $0 + 1 } ?? 0 }

    private var startTLS: Int? {
        steps.firstIndex { if case .startTLS = $0 { true } else { false } }
    }

    private func check(_ step: Step.Kind, behind before: ArraySlice<Step.Kind>) throws(Flaw) {
        switch before.last {
        case .disconnect, .reset:
            throw Flaw(
                "a step behind the end of the connection", "the end is the last step, or left out")
        default: break
        }
        switch step {
        case .reply(let lines): try ReplyGrammar.check(lines: lines)
        case .expectChunk(let bytes) where bytes < 0:
            throw Flaw("content of \(bytes) bytes", "say how many follow, 0 or more")
        case .startTLS where before.contains { if case .startTLS = $0 { true } else { false } }:
            throw Flaw("TLS in TLS", "a connection is secured once: leave the second out")
        case .expect, .expectContent, .expectChunk, .expectEnd, .startTLS:
            if before.contains(where: { if case .expectEnd = $0 { true } else { false } }) {
                throw Flaw(
                    "something of a client that has ended",
                    "behind .expectEnd only the server speaks")
            }
        case .send, .wait, .disconnect, .reset: break
        }
    }
}
