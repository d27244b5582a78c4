import Foundation
import Pipeline
import TLS

/// Why the server could not start: one line for the operator, and the exit code.
enum StartError: Error {
    case unknownHost(String)
    case system(SystemError, SocketAddress?)
    case tls(TLSError)

    var description: String {
        switch self {
        case .unknownHost(let host):
            return "cannot listen on \(host): no such address; try --host 127.0.0.1"
        case .tls(let error):
            return "cannot start TLS: \(error)"
        case .system(let error, let address):
            return "cannot \(error.description)\(advice(error, address))"
        }
    }

    private func advice(_ error: SystemError, _ address: SocketAddress?) -> String {
        guard let address else { return "" }
        if error.isAddressInUse {
            return "; another server runs there: stop it, or choose another --port"
        }
        if error.isNotPermitted, let port = address.port, port < 1024 {
            return "; a port under 1024 needs root or CAP_NET_BIND_SERVICE: try --port 2525"
        }
        return ""
    }

    var exitCode: Int32 {
        switch self {
        case .tls: EX_CONFIG
        case .system(let error, _) where error.isNotPermitted: EX_NOPERM
        case .system, .unknownHost: EX_UNAVAILABLE
        }
    }
}
