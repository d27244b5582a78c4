import Daemon
import Glibc
import Pipeline
import Sink

/// A bound address that waits for the loops, and whose mail it is for.
final class ServerSocket {
    /// The listener's place in the configuration.
    let index: Int
    let isImplicitTLS: Bool
    /// `127.0.0.1:25`, or `127.0.0.1:465 for TLS`.
    let address: String
    /// The file of a unix-domain socket that is ours to remove; nil for any other.
    let path: String?
    private var listener: BoundListener?

    private init(_ listener: consuming BoundListener, _ index: Int, isImplicitTLS: Bool) {
        address = listener.address.description + (isImplicitTLS ? " for TLS" : "")
        path = listener.path
        self.listener = consume listener
        self.index = index
        self.isImplicitTLS = isImplicitTLS
    }

    /// Binds all addresses that the listener's host stands for.
    ///
    /// - Parameter file: who may connect to a unix-domain socket.
    static func bind(
        _ listener: Listener, _ index: Int, loops: Int, _ file: SocketFile
    ) throws(StartError) -> [ServerSocket] {
        let addresses = SocketAddress.lookUp(listener.host, port: listener.port)
        guard !addresses.isEmpty else { throw .unknownHost(listener.host) }
        var sockets: [ServerSocket] = []
        for address in addresses {
            do throws(SystemError) {
                sockets.append(
                    ServerSocket(
                        try BoundListener(address, loops: loops, file: file), index,
                        isImplicitTLS: listener.isImplicitTLS))
            } catch {
                throw .cannotListen(error, address, isImplicitTLS: listener.isImplicitTLS)
            }
        }
        return sockets
    }

    /// Takes a service manager's socket over: TLS begins with the first octet of those that it calls
    /// `smtps`.
    convenience init(
        adopting socket: ServiceManager.Socket, hasTLS: Bool
    ) throws(StartError) {
        let isImplicitTLS = socket.name == "smtps"
        guard hasTLS || !isImplicitTLS else {
            throw StartError("the socket smtps needs ssl=True", exitCode: EX_CONFIG)
        }
        do throws(SystemError) {
            self.init(
                try BoundListener(adopting: socket.descriptor), 0, isImplicitTLS: isImplicitTLS)
        } catch {
            throw StartError(
                "cannot take over the socket \(socket.name) of the service manager: "
                    + error.description, exitCode: EX_CONFIG)
        }
    }

    /// Gives the bound address away, once.
    func take() -> BoundListener? {
        listener.take()
    }
}
