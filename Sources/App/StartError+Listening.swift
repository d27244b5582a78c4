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
        _ error: SystemError, _ address: NetworkAddress, isImplicitTLS: Bool
    ) -> StartError {
        let option = isImplicitTLS ? "--ssl_port" : "--port"
        var advice = ""
        if error.isAddressInUse {
            advice = "; another server runs there: stop it, or choose another \(option)"
        } else if error.isNotPermitted, let port = address.port, port < 1024 {
            advice =
                "; a port under 1024 needs root or CAP_NET_BIND_SERVICE: try \(option) "
                + (isImplicitTLS ? "2465" : "2525")
        }
        return StartError(
            "cannot \(error.description)\(advice)",
            exitCode: error.isNotPermitted ? EX_NOPERM : EX_UNAVAILABLE)
    }
}
