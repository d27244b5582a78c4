import BlackholePipeline
import BlackholeTestSupport
import Glibc
import Synchronization

/// A port that only root may bind.
enum LowPort {
    /// The ports that no test has yet.
    private static let left = Mutex(1..<1024)

    /// One that is free on an address of the loopback network that is this process's alone; every
    /// call has another.
    static func free() throws -> (host: String, port: Int) {
        let place = NetworkAddress.ipv4(0x7F40_0000 | UInt32(getpid()) & 0x3F_FFFF, port: 0)
        return try left.withLock { left in
            while let port = left.popLast() {
                let isFree = (try? Client(bindingTo: place.with(port: UInt16(port)))) != nil
                if isFree { return (place.host, port) }
            }
            throw TestError.wrong("every port of \(place.host) under 1024 is taken")
        }
    }
}
