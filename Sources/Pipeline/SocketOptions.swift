internal import Glibc

/// Uses Reno: one-segment replies gain nothing from BBR's pacing, and pay for its timers.
///
/// Accepted sockets inherit it from their listener.
func setPlainCongestionControl(_ descriptor: Int32) {
    let name: StaticString = "reno"
    // Linux always has it; where it is not allowed, or the socket has none, nothing is lost.
    setsockopt(
        descriptor, Int32(IPPROTO_TCP), TCP_CONGESTION, name.utf8Start,
        socklen_t(name.utf8CodeUnitCount))
}

/// Sends a small reply at once instead of waiting for the acknowledgement of the one before;
/// accepted sockets have it from their listener.
func setNoDelay(_ descriptor: Int32) {
    var on: Int32 = 1
    let size = socklen_t(MemoryLayout<Int32>.size)
    // A unix-domain socket has no such option, and needs none.
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, size)
}
