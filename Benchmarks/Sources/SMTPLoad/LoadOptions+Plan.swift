internal import ArgumentParser
internal import BlackholePipeline
internal import BlackholeTLS

/// What the options come to, once they are found to make sense together.
extension LoadOptions {
    func plan() throws -> LoadPlan {
        try checkNumbers()
        try checkChoices()
        var plan = LoadPlan(target: try Target(target))
        plan.shape = pipelined ? .pipelined : bdat ? .bdat : .lockStep
        plan.connections = connections
        plan.messages = messages ?? (seconds == nil ? 10_000 : nil)
        plan.seconds = seconds
        plan.messagesEach = perConnection
        plan.size = size.value
        plan.recipients = recipients
        plan.saysHello = helo
        plan.leaves = leave
        plan.security = startTLS ? .startTLS : tls ? .implicit : .none
        plan.resumes = resume
        plan.trust = ca.map { .file($0) }
        plan.rate = rate
        plan.timeoutSeconds = timeout
        plan.held = idle
        // No worker is without a connection and a message.
        plan.workers = min(workers, idle ?? min(connections, plan.messages ?? .max))
        guard sources == nil || plan.target.isLoopback else {
            throw ValidationError("--sources is for targets in 127.0.0.0/8 alone.")
        }
        plan.sources = sources ?? 64
        return plan
    }

    private func checkNumbers() throws {
        try check("--connections", connections, in: 1...1_000_000)
        try check("--messages", messages, in: 1...1_000_000_000_000)
        try check("--seconds", seconds, in: 0.001...10_000_000)
        try check("--per-connection", perConnection, in: 0...1_000_000_000)
        try check("--size", size.value, in: 2...(1 << 40))
        try check("--recipients", recipients, in: 1...1000)
        try check("--rate", rate, in: 0.001...10_000_000)
        try check("--sources", sources, in: 1...65_536)
        try check("--workers", workers, in: 1...256)
        try check("--timeout", timeout, in: 0.001...1_000_000)
        try check("--idle", idle, in: 1...1_000_000)
    }

    private func check<Number: Comparable>(
        _ name: String, _ value: Number?, in range: ClosedRange<Number>
    ) throws {
        guard let value, !range.contains(value) else { return }
        throw ValidationError(
            "\(name) is \(value); it must be from \(range.lowerBound) to \(range.upperBound).")
    }

    private func checkChoices() throws {
        if pipelined, bdat { throw ValidationError("--pipelined and --bdat exclude each other.") }
        if startTLS, tls { throw ValidationError("--starttls and --tls exclude each other.") }
        if !startTLS, !tls, resume || ca != nil {
            throw ValidationError("--resume and --ca need --tls or --starttls.")
        }
        if helo, bdat || pipelined || startTLS {
            throw ValidationError("--helo has no extensions: no --pipelined, --bdat or --starttls.")
        }
        if idle != nil, rate != nil || messages != nil || seconds != nil {
            throw ValidationError("--idle sends nothing: no --messages, --seconds or --rate.")
        }
    }
}
