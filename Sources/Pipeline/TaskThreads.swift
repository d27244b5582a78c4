internal import Glibc
internal import Synchronization

/// Threads of our own that run tasks, apart from the few that all tasks of the process share.
///
/// ```swift
/// Task(executorPreference: TaskThreads.shared) { await lookUp() }
/// ```
///
/// Whoever blocks those few, by a client that waits in a test say, does not hold up what runs here.
package final class TaskThreads: TaskExecutor {
    /// The threads that the whole process shares, started with the first task.
    package static let shared = TaskThreads(count: 4)

    private let jobs = Mutex(Jobs())
    /// Counts the jobs that wait; it lives as long as the threads, which is as long as the process.
    nonisolated(unsafe) private let waiting = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
    private let hasThreads = Atomic(false)

    /// Jobs in the order in which they came.
    private struct Jobs {
        var incoming: [UnownedJob] = []
        /// The next ones, the first of them last.
        var outgoing: [UnownedJob] = []

        mutating func next() -> UnownedJob? {
            if outgoing.isEmpty {
                outgoing = incoming.reversed()
                incoming = []
            }
            return outgoing.popLast()
        }
    }

    /// Starts threads, which last as long as the process.
    package init(count: Int) {
        sem_init(waiting, 0, 0)
        for _ in 0..<count {
            let thread = try? LoopThread(name: "answers") { self.run() }
            if thread != nil { hasThreads.store(true, ordering: .relaxed) }
        }
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        // A process that may start no thread has its callers do the work.
        guard hasThreads.load(ordering: .relaxed) else {
            return job.runSynchronously(on: asUnownedTaskExecutor())
        }
        jobs.withLock { $0.incoming.append(job) }
        sem_post(waiting)
    }

    private func run() {
        while true {
            // A signal may end the wait early: then there is nothing to do.
            guard sem_wait(waiting) == 0, let job = jobs.withLock({ $0.next() }) else { continue }
            job.runSynchronously(on: asUnownedTaskExecutor())
        }
    }
}
