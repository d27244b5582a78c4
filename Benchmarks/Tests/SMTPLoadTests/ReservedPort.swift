import Foundation
import Glibc

/// A port of loopback that is bound and refuses connections, since nobody listens on it.
final class ReservedPort {
    let address: String
    private let descriptor: Int32

    init() throws {
        let number = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        place.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &place) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
                bind(number, raw, length) == 0 ? getsockname(number, raw, &length) : -1
            }
        }
        guard code == 0 else {
            close(number)
            throw CocoaError(.featureUnsupported)
        }
        descriptor = number
        address = "127.0.0.1:\(UInt16(bigEndian: place.sin_port))"
    }

    deinit { close(descriptor) }
}
