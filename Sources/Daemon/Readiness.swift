internal import Glibc

/// The service's word to the caller who waits in ``Detachment/begin(keeping:)``.
///
/// Given up without a word, it tells the caller that the service is dead.
package struct Readiness: ~Copyable {
    private let channel: OpenFile
    private let null: OpenFile

    init(channel: consuming OpenFile, null: consuming OpenFile) {
        self.channel = channel
        self.null = null
    }

    /// Lets go of the standard streams, which are `/dev/null` from here on, and lets the caller end
    /// with success.
    package consuming func ready() {
        // First: whoever waits for the end of the caller's output must not wait for ours.
        StandardStreams.replace(by: null)
        tell(0)
    }

    /// Lets the caller end with an exit code, never 0; the reason was told on standard error.
    package consuming func failed(exitCode: Int32) {
        tell(1...255 ~= exitCode ? UInt8(exitCode) : UInt8(EX_SOFTWARE))
    }

    private func tell(_ word: UInt8) {
        var word = word
        // Who does not wait any more (Ctrl-C) need not hear it.
        _ = send(channel.descriptor, &word, 1, Int32(MSG_NOSIGNAL))
    }
}
