internal import BlackholeCLinux
internal import Glibc

/// A thread that runs one closure, and can be waited for.
package struct LoopThread: Sendable {
    private let thread: pthread_t

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
