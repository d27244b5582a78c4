extension EventLoops {
    /// Does what ``stop(grace:)`` does, and blocks no thread of Swift's pool: for `async` functions.
    ///
    /// ```swift
    /// await loops.close(grace: .seconds(5))
    /// ```
    ///
    /// Every connection is closed and every thread gone when it returns. It goes on where its task is cancelled;
    /// another call, of either, shortens the time of grace.
    public func close(grace: Duration = .zero) async {
        await withCheckedContinuation { done in
            let stop = { @Sendable [self] in
                self.stop(grace: grace)
                done.resume()
            }
            do {
                try LoopThread(name: "stopping", stop).detach()
            } catch {
                // Without a thread for it, this one waits.
                stop()
            }
        }
    }
}
