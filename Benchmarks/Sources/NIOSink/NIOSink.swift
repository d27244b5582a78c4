import Glibc
import NIOCore
import NIOPosix

/// The same sink as a user of SwiftNIO writes it who wants it fast: one event loop, one handler, no
/// `String` for a command, replies to what came together flushed once.
///
/// It listens on a port of the kernel's choice on 127.0.0.1, and writes it to standard output. Like
/// the floor it knows no deadline, no order of commands and no check of an address.
@main
enum NIOSink {
    static func main() throws {
        raiseFileLimit()
        // SIGTERM is waited for below, so that the process ends by itself: no thread may die of it.
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGTERM)
        pthread_sigmask(SIG_BLOCK, &signals, nil)

        let loops = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let channel = try ServerBootstrap(group: loops)
            .serverChannelOption(.backlog, value: 4096)
            // A crowd of new connections is accepted in one go.
            .serverChannelOption(.maxMessagesPerRead, value: 256)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(SinkHandler())
                }
            }
            .bind(host: "127.0.0.1", port: 0)
            .wait()
        print(channel.localAddress?.port ?? 0)
        fflush(nil)

        var signal: Int32 = 0
        sigwait(&signals, &signal)
    }

    private static func raiseFileLimit() {
        var limit = rlimit()
        let files = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        getrlimit(files, &limit)
        limit.rlim_cur = limit.rlim_max
        setrlimit(files, &limit)
    }
}
