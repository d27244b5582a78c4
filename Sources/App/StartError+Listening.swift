import BlackholeDaemon
import BlackholePipeline
import BlackholeTLS
import Glibc

extension StartError {
    /// A host that stands for no address.
    static func unknownHost(_ host: String) -> StartError {
        StartError(
            "cannot listen on \(host): no such address; try --host 127.0.0.1",
            exitCode: EX_UNAVAILABLE)
    }

    /// A certificate or key that is no good.
    static func tls(_ error: TLSError) -> StartError {
        StartError("cannot start TLS: \(error)\(error.advice)", exitCode: EX_CONFIG)
    }

    /// An address that is not to be had.
    static func cannotListen(
        _ error: SystemError, _ address: NetworkAddress, setting: String
    ) -> StartError {
        var advice = ""
        if error.isAddressInUse {
            advice = "; another server runs there: stop it, or choose another --\(setting)"
        } else if error.isNotPermitted, let port = address.port, port < 1024 {
            let better = ["port": "2525", "ssl_port": "2465"][setting] ?? "127.0.0.1:8025"
            advice =
                "; a port under 1024 needs root or CAP_NET_BIND_SERVICE: try --\(setting) \(better)"
        }
        return StartError(
            "cannot \(error.description)\(advice)",
            exitCode: error.isNotPermitted ? EX_NOPERM : EX_UNAVAILABLE)
    }
}
