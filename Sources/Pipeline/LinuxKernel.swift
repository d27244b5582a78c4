internal import BlackholeCLinux
internal import Glibc

/// Linux by epoll.
struct LinuxKernel: Kernel, ~Copyable {
    private let poller: Descriptor
    private let events: UnsafeMutablePointer<epoll_event>
    /// Whether the kernel takes a time in nanoseconds.
    private var isPrecise = true
    private static let maximumEvents: Int32 = 256
    private static let reading = EPOLLIN.rawValue | EPOLLRDHUP.rawValue | EPOLLET.rawValue

    /// Opens an epoll instance, for the kernel of a loop on another thread, that `descriptor` wakes.
    static func makePoller(waking descriptor: Int32) throws(SystemError) -> Int32 {
        let number = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard number >= 0 else { throw .current("create an epoll instance") }
        let poller = Descriptor(owning: number)
        let flags = EPOLLIN.rawValue | EPOLLET.rawValue
        guard clinux_epoll_add(number, descriptor, flags, ListenerToken.wake) == 0 else {
            throw .current("watch an eventfd")
        }
        return poller.release()
    }

    /// Takes an epoll instance over.
    init(poller number: Int32) {
        poller = Descriptor(owning: number)
        events = .allocate(capacity: Int(LinuxKernel.maximumEvents))
    }

    deinit {
        events.deallocate()
    }

    func now() -> Instant { .now }

    mutating func wait(
        until deadline: Instant, from now: Instant,
        into ready: UnsafeMutableBufferPointer<Readiness>
    ) -> Int {
        let count = wait(
            until: deadline, from: now,
            room: min(LinuxKernel.maximumEvents, Int32(clamping: ready.count)))
        // A signal (EINTR) counts as nothing ready: the turn goes on, and the next one waits.
        for index in 0..<max(0, Int(count)) {
            let event = events[index]
            let flags = event.events
            let hangUp = EPOLLRDHUP.rawValue | EPOLLHUP.rawValue | EPOLLERR.rawValue
            ready[index] = Readiness(
                token: event.data.u64,
                isReadable: flags & EPOLLIN.rawValue != 0,
                isWritable: flags & EPOLLOUT.rawValue != 0,
                isHungUp: flags & hangUp != 0)
            if event.data.u64 == ListenerToken.wake { ready.swapAt(0, index) }
        }
        return max(0, Int(count))
    }

    /// Waits to the nanosecond where the deadline is near.
    ///
    /// Where it is far the time goes in whole milliseconds, which costs a tenth less; when that is
    /// over the rest is near.
    private mutating func wait(until deadline: Instant, from now: Instant, room: Int32) -> Int32 {
        if deadline == .never { return epoll_wait(poller.number, events, room, -1) }
        if deadline <= now { return epoll_wait(poller.number, events, room, 0) }
        let (left, overflow) = deadline.nanoseconds.subtractingReportingOverflow(now.nanoseconds)
        let milliseconds = overflow ? Int32.max : Int32(clamping: left / 1_000_000)
        if isPrecise {
            guard milliseconds < 100 else {
                return epoll_wait(poller.number, events, room, milliseconds)
            }
            let count = clinux_epoll_wait(poller.number, events, room, left)
            guard count < 0, errno == ENOSYS || errno == EPERM else { return count }
            // An old kernel, or a filter of calls that does not know this one.
            isPrecise = false
        }
        // Rounded up: a deadline is not served early, so a wait never spins.
        return epoll_wait(
            poller.number, events, room, milliseconds == .max ? .max : milliseconds + 1)
    }

    func watch(_ descriptor: Int32, token: UInt64, as kind: WatchKind) -> Int32 {
        let flags =
            switch kind {
            case .connection: LinuxKernel.reading
            case .connecting: LinuxKernel.reading | EPOLLOUT.rawValue
            case .listener: EPOLLIN.rawValue
            }
        return clinux_epoll_add(poller.number, descriptor, flags, token) == 0 ? 0 : errno
    }

    func watchWriting(_ descriptor: Int32, token: UInt64) {
        _ = clinux_epoll_change(
            poller.number, descriptor, LinuxKernel.reading | EPOLLOUT.rawValue, token)
    }

    func unwatch(_ descriptor: Int32) {
        _ = clinux_epoll_remove(poller.number, descriptor)
    }

    func accept(from listener: Int32) -> AcceptOutcome {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let number = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                clinux_accept4(listener, $0, &length)
            }
        }
        if number >= 0 {
            let peer = NetworkAddress(kernelForm: &storage, length: length)
            return .accepted(number, from: peer ?? .unix(path: ""))
        }
        switch errno {
        case EAGAIN: return .none
        case EINTR, ECONNABORTED, EPROTO, EPERM, ENETDOWN, ENETUNREACH, EHOSTDOWN, EHOSTUNREACH,
            ENONET, ENOPROTOOPT, EOPNOTSUPP:
            return .aborted
        default: return .exhausted(code: errno)
        }
    }

    func connect(to address: NetworkAddress, from source: NetworkAddress?) -> ConnectOutcome {
        let number = clinux_socket(address.family)
        guard number >= 0 else { return .failed(code: errno) }
        let descriptor = Descriptor(owning: number)
        if let source, !bind(descriptor.number, to: source) { return .failed(code: errno) }
        let result = address.connect(descriptor.number)
        guard result == 0 || errno == EINPROGRESS || errno == EINTR else {
            return .failed(code: errno)
        }
        setNoDelay(descriptor.number)
        return result == 0
            ? .established(descriptor.release()) : .started(descriptor.release())
    }

    /// Gives a socket the address that it connects from.
    ///
    /// A port of 0 is chosen when it connects: one that is in use to another peer will do, so that
    /// an address has as many ports for each peer.
    private func bind(_ descriptor: Int32, to source: NetworkAddress) -> Bool {
        var on: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        // A unix-domain socket has no such option, and needs none.
        setsockopt(descriptor, Int32(IPPROTO_IP), IP_BIND_ADDRESS_NO_PORT, &on, size)
        return source.bind(descriptor) == 0
    }

    func user(of descriptor: Int32) -> UInt32? {
        // The kernel's struct ucred: a process, a user, a group.
        var peer: (pid_t, user: uid_t, gid_t) = (0, 0, 0)
        var length = socklen_t(MemoryLayout.size(ofValue: peer))
        let result = getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &length)
        return result == 0 ? peer.user : nil
    }

    func pendingError(of descriptor: Int32) -> Int32 {
        var code: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        let result = getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &length)
        return result == 0 ? code : errno
    }

    func receive(
        from descriptor: Int32, into room: UnsafeMutableRawBufferPointer
    ) -> TransferOutcome {
        outcome { recv(descriptor, room.baseAddress, room.count, 0) }
    }

    func discard(from descriptor: Int32, upTo count: Int) -> TransferOutcome? {
        outcome { recv(descriptor, nil, count, Int32(MSG_TRUNC)) }
    }

    func tellReadable(_ descriptor: Int32, from count: Int32) {
        var count = count
        let size = socklen_t(MemoryLayout<Int32>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVLOWAT, &count, size)
    }

    func send(
        to descriptor: Int32, _ bytes: UnsafeRawBufferPointer, more: Bool
    ) -> TransferOutcome {
        let flags = Int32(MSG_NOSIGNAL) | (more ? Int32(MSG_MORE) : 0)
        return outcome { Glibc.send(descriptor, bytes.baseAddress, bytes.count, flags) }
    }

    /// The one place that retries an interrupted call.
    @inline(__always)
    private func outcome(_ call: () -> Int) -> TransferOutcome {
        while true {
            let count = call()
            if count >= 0 { return .bytes(count) }
            switch errno {
            case EINTR: continue
            case EAGAIN: return .wouldBlock
            default: return .failed(code: errno)
            }
        }
    }

    func endSending(to descriptor: Int32) {
        _ = shutdown(descriptor, Int32(SHUT_WR))
    }

    func close(_ descriptor: Int32, resetting: Bool) {
        if resetting {
            var linger = linger(l_onoff: 1, l_linger: 0)
            let size = socklen_t(MemoryLayout.size(ofValue: linger))
            setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, size)
        }
        _ = Glibc.close(descriptor)
    }

    func releaseMemory() {
        clinux_release_memory()
    }
}

extension Instant {
    /// The time on the monotonic clock, which all loops go by.
    package static var now: Instant {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Instant(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }
}
