internal import BlackholePipeline
internal import BlackholeTLS
internal import Glibc

/// A whole run, as it is asked for.
struct LoadPlan {
    var target: Target
    var shape = Shape.lockStep
    var connections = 50
    var messages: Int?
    var seconds: Double?
    /// Messages a connection; 0 where there is no limit.
    var messagesEach = 50
    var size = 1024
    var recipients = 1
    var saysHello = false
    var leaves = false
    var security = Security.none
    var resumes = false
    var trust: TLSTrust?
    /// Messages a second; nil for as many as can be.
    var rate: Double?
    var sources = 0
    var workers = 1
    var timeoutSeconds = 60.0
    /// Connections that are held and say nothing; nil for a load.
    var held: Int?

    enum Security { case none, startTLS, implicit }

    /// How a number of connections or messages is shared: the first workers have one more.
    func share(_ amount: Int, of worker: Int) -> Int {
        amount / workers + (worker < amount % workers ? 1 : 0)
    }

    /// What the workers are to do.
    func makeWorkers(_ bell: Bell) -> [WorkerPointer] {
        let script = Script(shape, recipients: recipients, size: size, saysHello: saysHello)
        var assignment = Assignment(script, target: target.address)
        assignment.sources = target.sources(sources)
        assignment.messagesEach = messagesEach == 0 ? .max : messagesEach
        assignment.timeoutNanoseconds = Int64(timeoutSeconds * 1_000_000_000)
        assignment.leaves = leaves
        assignment.holds = held != nil
        assignment.startsTLS = security == .startTLS
        assignment.resumes = resumes
        return (0..<workers).map { number in
            assignment.connections = share(held ?? connections, of: number)
            let source = MessageSource(
                messages: messages.map { share($0, of: number) }, seconds: seconds,
                schedule: rate.map { Schedule(rate: $0 / Double(workers)) },
                lead: .milliseconds(100 + assignment.connections))
            return WorkerPointer(Worker(assignment, source, number: number, bell: bell))
        }
    }

    func makeTLS() throws(TLSError) -> TLSContext? {
        security == .none ? nil : try TLSContext.client(trusting: trust)
    }

    /// The descriptors that the run needs at the most.
    var descriptors: Int { (held ?? connections) + 16 + 4 * workers }
}
