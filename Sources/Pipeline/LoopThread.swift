internal import BlackholeCLinux
internal import Glibc

/// A thread that runs one closure, and can be waited for.
package struct LoopThread: Sendable {
    private let thread: pthread_t
    /// The clock of its work; nil if the system has none.
    private let clock: clockid_t?

    /// Starts the thread; its name is cut at the kernel's 15 bytes.
    package init(name: String, _ body: @escaping @Sendable () -> Void) throws(SystemError) {
        let argument = Unmanaged.passRetained(Body(name: name, run: body))
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                let body = Unmanaged<Body>.fromOpaque(argument).takeRetainedValue()
                clinux_set_thread_name(String(body.name.prefix(15)))
                body.run()
                return nil
            }, argument.toOpaque())
        guard code == 0 else {
            argument.release()
            throw SystemError("start a thread", code: code)
        }
        self.thread = thread
        var clock = clockid_t()
        self.clock = pthread_getcpuclockid(thread, &clock) == 0 ? clock : nil
    }

    /// The time for which it has worked, in nanoseconds; 0 when it has ended.
    var workingTime: UInt64 {
        var time = timespec()
        guard let clock, clock_gettime(clock, &time) == 0 else { return 0 }
        return UInt64(clamping: time.tv_sec) &* 1_000_000_000 &+ UInt64(clamping: time.tv_nsec)
    }

    /// Waits until the closure has returned; once only.
    func join() {
        pthread_join(thread, nil)
    }

    /// Lets the thread go: nobody will wait for it.
    func detach() {
        pthread_detach(thread)
    }

    private final class Body: Sendable {
        let name: String
        let run: @Sendable () -> Void

        package init(name: String, run: @escaping @Sendable () -> Void) {
            self.name = name
            self.run = run
        }
    }
}
