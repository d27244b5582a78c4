import BlackholeDaemon
import BlackholePipeline
import BlackholeSink
import Glibc
import Logging

/// A bound address, which waits for the loops and then is served by them.
final class BoundEndpoint {
    /// The listener's place in the configuration, or the one behind the last if it is not there.
    let index: Int
    let isImplicitTLS: Bool
    /// `127.0.0.1:25`, or `127.0.0.1:465 for TLS`.
    let address: String
    /// The address as bound.
    let boundAddress: NetworkAddress
    /// The file of a unix-domain socket that is ours to remove; nil for any other.
    let path: String?
    private var bound: BoundListener?
    private var listener: Listener?

    private init(_ bound: consuming BoundListener, _ index: Int, isImplicitTLS: Bool) {
        address = bound.address.description + (isImplicitTLS ? " for TLS" : "")
        boundAddress = bound.address
        path = bound.path
        self.bound = consume bound
        self.index = index
        self.isImplicitTLS = isImplicitTLS
    }

    /// Binds all addresses of all listeners.
    ///
    /// - Parameters:
    ///   - file: who may connect to a unix-domain socket.
    ///   - setting: the setting that says where; nil for those of mail.
    static func bind(
        _ listeners: [Endpoint], loops: Int, _ file: SocketFile, for setting: String? = nil
    ) throws(StartError) -> [BoundEndpoint] {
        var sockets: [BoundEndpoint] = []
        for (index, listener) in listeners.enumerated() {
            sockets += try bind(listener, index, loops: loops, file, setting)
        }
        return sockets
    }

    /// Takes a service manager's sockets over.
    static func adopt(
        _ offered: [ServiceManager.Socket], _ configuration: Configuration, _ log: Logger
    ) throws(StartError) -> [BoundEndpoint] {
        let places = EndpointPlaces(configuration.listeners)
        var sockets: [BoundEndpoint] = []
        for socket in offered {
            guard configuration.hasTLS || socket.name != "smtps" else {
                throw StartError("the socket smtps needs ssl=True", exitCode: EX_CONFIG)
            }
            sockets.append(try BoundEndpoint(adopting: socket, as: places))
        }
        for warning in places.warnings(sockets, configuration) { log.warning("\(warning)") }
        return sockets
    }

    /// Binds all addresses that the listener's host stands for.
    private static func bind(
        _ listener: Endpoint, _ index: Int, loops: Int, _ file: SocketFile, _ setting: String?
    ) throws(StartError) -> [BoundEndpoint] {
        let addresses = NetworkAddress.lookUp(listener.host, port: listener.port)
        guard !addresses.isEmpty else { throw .unknownHost(listener.host) }
        var sockets: [BoundEndpoint] = []
        for address in addresses {
            do throws(SystemError) {
                sockets.append(
                    BoundEndpoint(
                        try BoundListener(address, loops: loops, file: file), index,
                        isImplicitTLS: listener.isImplicitTLS))
            } catch {
                let usual = listener.isImplicitTLS ? "ssl_port" : "port"
                throw .cannotListen(error, address, setting: setting ?? usual)
            }
        }
        return sockets
    }

    /// Takes a service manager's socket over, with the settings of the listener of its address.
    ///
    /// TLS begins with the first byte where it does at that listener, or where the manager calls
    /// the socket `smtps`.
    convenience init(
        adopting socket: ServiceManager.Socket, as places: EndpointPlaces
    ) throws(StartError) {
        let bound: BoundListener
        do throws(SystemError) {
            bound = try BoundListener(adopting: socket.descriptor)
        } catch {
            throw StartError(
                "cannot take over the socket \(socket.name) of the service manager: "
                    + error.description, exitCode: EX_CONFIG)
        }
        let index = places.index(of: bound.address)
        self.init(
            bound, index,
            isImplicitTLS: socket.name == "smtps" || places.isImplicitTLS(at: index))
    }

    /// Runs a stack for each connection: the first time the loops begin to accept, later they run
    /// this stack for new connections.
    func serve<Handler: ByteHandler & ~Copyable>(
        on loops: EventLoops, _ make: @escaping @Sendable (borrowing Peer) -> Handler
    ) throws(SystemError) {
        if let listener {
            loops.replace(listener, make)
        } else if let bound = bound.take() {
            listener = try loops.open(on: bound, make)
        }
    }
}
