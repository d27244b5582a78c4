internal import BlackholeCLinux
internal import Glibc
internal import Synchronization

extension EventLoops.State {
    /// Removes the file of a listener's socket, if that is still to be done.
    ///
    /// While the socket still listens, and under the lock, so that it does until this is done:
    /// after that the path may be another server's already.
    mutating func removePath(of serial: UInt64) {
        if let path = paths.removeValue(forKey: serial) { unlink(path) }
    }
}

extension EventLoops.Member {
    init(
        number: Int, _ mailboxes: [Mailbox], _ limits: LoopLimits, _ seed: UInt64,
        _ report: @escaping @Sendable (LoopTrouble) -> Void
    ) throws(SystemError) {
        let mailbox = mailboxes[number]
        let neighbors = mailboxes.filter { $0 !== mailbox }
        let counters = Counters()
        // The kernel is made here, where its failure can be told, and moves into the thread.
        let poller = try LinuxKernel.makePoller(waking: mailbox.wakeDescriptor)
        var seeds = RandomSource(seed: seed &+ UInt64(truncatingIfNeeded: number))
        let loopSeed = seeds.next()
        self.mailbox = mailbox
        self.counters = counters
        do throws(SystemError) {
            thread = try LoopThread(name: "loop-\(number)") {
                var loop = EventLoop(
                    kernel: LinuxKernel(poller: poller), number: number, counters: counters,
                    seed: loopSeed, limits: limits, mailbox: mailbox, neighbors: neighbors,
                    report: report)
                loop.run()
            }
        } catch {
            _ = Glibc.close(poller)
            throw error
        }
    }
}
