import BlackholePipeline
import BlackholeTestSupport

/// A loop over a kernel in memory, and what its stacks have heard; it has the kernel's members, too.
@dynamicMemberLookup
final class World {
    let kernel = MemoryKernel()
    let journal = Journal()
    let troubles = Journal()
    let counters = Counters()
    var loop: EventLoop<MemoryKernel>
    /// The serial of the last listener.
    private(set) var serial: UInt64 = 0

    init(_ limits: LoopLimits = LoopLimits()) {
        let troubles = troubles
        loop = EventLoop(
            kernel: kernel, counters: counters, seed: 0, limits: limits,
            report: { troubles.note("\($0)") })
    }

    subscript<Value>(dynamicMember path: KeyPath<MemoryKernel, Value>) -> Value {
        kernel[keyPath: path]
    }

    subscript<Value>(dynamicMember path: ReferenceWritableKeyPath<MemoryKernel, Value>) -> Value {
        get { kernel[keyPath: path] }
        set { kernel[keyPath: path] = newValue }
    }

    /// Listens and runs ``Lines``.
    func listen(closesAtStop: Bool = true) -> Int32 {
        let journal = journal
        let listener = kernel.listen()
        serial += 1
        loop.listen(
            on: listener, at: .loopback(port: 25), as: serial,
            StackRecipe { _ in Lines(journal, closesAtStop: closesAtStop) })
        return listener
    }

    /// Turns until nothing happens any more by itself.
    func settle() {
        var turns = 0
        while loop.takeMail() || kernel.hasEvents || !loop.isQuiet {
            loop.turn()
            turns += 1
            precondition(turns < 100_000, "the loop does not come to rest")
        }
    }

    /// Moves the clock on, in steps, and turns.
    func advance(by duration: Duration, steps: Int = 1) {
        for _ in 0..<steps {
            kernel.time = kernel.time + duration / steps
            loop.turn()
            settle()
        }
    }

    /// Accepts a connection that has sent `input`, and gives its descriptor.
    func open(_ listener: Int32, _ input: String = "") -> Int32 {
        kernel.arrive(.connection(input: input), at: listener)
        settle()
        return kernel.opened.last ?? -1
    }
}

extension World {
    /// The peer of a connection sends.
    func send(_ text: String, to number: Int32) { kernel.sockets[number]?.send(Array(text.utf8)) }

    /// The peer sends, and the loop's next wait does not tell of it yet.
    func sendUnnoticed(_ text: String, to number: Int32) {
        kernel.sockets[number]?.input += Array(text.utf8)
    }

    func end(_ number: Int32) { kernel.sockets[number]?.end() }

    func reset(_ number: Int32, error: Int32 = 104) { kernel.sockets[number]?.reset(error: error) }

    func establish(_ number: Int32) { kernel.sockets[number]?.establish() }

    func setWindow(_ count: Int, of number: Int32) { kernel.sockets[number]?.window = count }

    func takeOutput(of number: Int32) -> String {
        String(decoding: kernel.sockets[number]?.takeOutput() ?? [], as: UTF8.self)
    }

    func waiting(at listener: Int32) -> Int { kernel.listeners[listener]?.arrivals.count ?? 0 }

    func isWatching(_ listener: Int32) -> Bool { kernel.listeners[listener]?.isWatched ?? false }
}
