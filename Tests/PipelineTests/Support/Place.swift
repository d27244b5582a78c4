import BlackholePipeline
import BlackholeTestSupport
import Glibc

extension TemporaryDirectory {
    /// Where the test's socket goes.
    var socket: NetworkAddress { .unix(path: path + "/socket") }

    /// A name for a socket in the abstract namespace.
    var name: NetworkAddress { .unix(path: "@" + path) }

    var exists: Bool { access(path + "/socket", F_OK) == 0 }
}

/// The kinds of addresses to listen on.
enum Place: CaseIterable, Sendable {
    case ipv4, ipv6, unix, abstract

    func address(in directory: TemporaryDirectory) -> NetworkAddress {
        switch self {
        case .ipv4: .loopback()
        case .ipv6: .ipv6(0, 1, port: 0, scope: 0)
        case .unix: directory.socket
        case .abstract: directory.name
        }
    }

    /// Whether this machine has it.
    var isAvailable: Bool {
        guard self == .ipv6 else { return true }
        return (try? Client(bindingTo: .ipv6(0, 1, port: 0, scope: 0))) != nil
    }
}
