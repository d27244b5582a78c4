internal import BlackholePipeline
internal import Glibc

/// The line on the terminal that tells how far a run is.
struct Display {
    private let plan: LoadPlan
    private let isShown: Bool
    private var last = (messages: UInt64(0), time: Clock.now())
    private let start = Clock.now()

    init(_ plan: LoadPlan, isQuiet: Bool) {
        self.plan = plan
        isShown = !isQuiet && isatty(STDERR_FILENO) == 1
    }

    mutating func show(_ messages: UInt64, failures: UInt64) {
        let now = Clock.now()
        let seconds = Double(now.nanoseconds - last.time.nanoseconds) / 1e9
        guard isShown, seconds > 0.9 else { return }
        let rate = Int(Double(messages - last.messages) / seconds)
        last = (messages, now)
        let elapsed = Double(now.nanoseconds - start.nanoseconds) / 1e9
        let part = max(
            plan.messages.map { Double(messages) / Double($0) } ?? 0,
            plan.seconds.map { min(1, elapsed / $0) } ?? 0)
        write(
            "\(Wording.grouped(Int(messages))) messages, \(Wording.grouped(rate)) a second, "
                + "\(Wording.grouped(Int(failures))) failures, \(Wording.decimal(part * 100, 0)) % done"
        )
    }

    func show(held: Int) {
        guard isShown else { return }
        write("\(Wording.grouped(held)) of \(Wording.grouped(plan.held ?? 0)) connections")
    }

    /// Clears the line for what is printed now.
    func clear() {
        if isShown { write("") }
    }

    private func write(_ text: String) {
        Terminal.write("\r\u{1B}[K" + text)
    }
}

/// Standard error.
enum Terminal {
    static func write(_ text: String) {
        var text = text
        text.withUTF8 { _ = Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
