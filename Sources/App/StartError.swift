import Foundation
import Pipeline
import TLS

/// Why the server could not start: one line for the operator, and the exit code.
enum StartError: Error {
    case unknownHost(String)
    case system(SystemError, SocketAddress?, isImplicit: Bool = false)
    case tls(TLSError)

    var description: String {
        switch self {
        case .unknownHost(let host):
            return "cannot listen on \(host): no such address; try --host 127.0.0.1"
        case .tls(let error):
            return "cannot start TLS: \(error)\(error.advice)"
        case .system(let error, let address, let isImplicit):
            return "cannot \(error.description)\(advice(error, address, isImplicit))"
        }
    }

    private func advice(
        _ error: SystemError, _ address: SocketAddress?, _ isImplicit: Bool
    ) -> String {
        guard let address else { return "" }
        if error.isAddressInUse {
            return "; another server runs there: stop it, or choose another "
                + (isImplicit ? "--ssl_port" : "--port")
        }
        if error.isNotPermitted, let port = address.port, port < 1024 {
            return "; a port under 1024 needs root or CAP_NET_BIND_SERVICE: try "
                + (isImplicit ? "--ssl_port 2465" : "--port 2525")
        }
        return ""
    }

    var exitCode: Int32 {
        switch self {
        case .tls: EX_CONFIG
        case .system(let error, _, _) where error.isNotPermitted: EX_NOPERM
        case .system, .unknownHost: EX_UNAVAILABLE
        }
    }
}
