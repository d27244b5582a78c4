internal import Glibc

/// Content that nobody looks at: the kernel drops it, and not a byte is copied.
///
/// What ``Intake/discardable`` promises, a TCP connection may lose unseen (MSG_TRUNC, tcp(7)). The
/// stack is offered as many zeros, so that no layer needs to know; and as long as much is to come the
/// loop is not told of every segment (SO_RCVLOWAT, socket(7)). A deadline still reads what is there,
/// and so does the end.
extension EventLoop where OS: ~Copyable {
    /// Whether the next bytes of a connection are to be dropped by the kernel.
    func isDiscarding(_ index: Int) -> Bool {
        let slot = connections[index]
        return slot.pointee.readMark > 1 && slot.pointee.held.isEmpty
    }

    /// Takes note of how many bytes nobody will look at, and has readiness told accordingly.
    ///
    /// - Parameter count: those behind what was consumed; what is held is among them.
    mutating func noteDiscardable(_ count: Int, of index: Int) {
        let slot = connections[index]
        slot.pointee.discardable = Int32(clamping: count)
        guard slot.pointee.isTCP else { return }
        let mark =
            count >= Int(limits.minimumDiscardBytes)
            ? min(slot.pointee.discardable, limits.discardBytesMark) : 1
        guard mark != slot.pointee.readMark else { return }
        slot.pointee.readMark = mark
        kernel.tellReadable(slot.pointee.descriptor, from: mark)
    }
}

/// Bytes that were dropped, as they are offered: zeros that take up no memory, as none is written.
struct Zeros: ~Copyable {
    let bytes: UnsafeRawBufferPointer

    /// Makes so many.
    init(count: Int) {
        bytes = UnsafeRawBufferPointer(start: calloc(count, 1), count: count)
        precondition(bytes.baseAddress != nil, "addresses can be had")
    }

    deinit {
        free(UnsafeMutableRawPointer(mutating: bytes.baseAddress))
    }
}
