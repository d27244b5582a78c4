package import BlackholePipeline
internal import Glibc
internal import Synchronization

/// Has a console take in what has happened: ten times a second, or fifty while anybody waits for it or so
/// much happens that there might not be room for more.
///
/// It has a thread of its own, so that no connection of the console, however slow its peer, can hold up
/// what the others wait for.
package final class ConsoleClock: Sendable {
    private let ending = Ending()

    private final class Ending: Sendable {
        let isOver = Atomic(false)
    }

    /// Starts the thread.
    package init(_ console: Console) throws(SystemError) {
        _ = try LoopThread(name: "console") { [ending] in
            var isBusy = false
            while !ending.isOver.load(ordering: .acquiring) {
                usleep(isBusy || console.board.isWatched ? 20_000 : 100_000)
                isBusy = console.poll() > Recorder.capacity / 16
            }
        }
    }

    /// Ends the thread, within a tenth of a second.
    package func stop() { ending.isOver.store(true, ordering: .releasing) }

    deinit { stop() }
}
