import BlackholeConsole
import BlackholeDaemon
import BlackholePipeline
import Glibc

/// The file of all addresses, for those who had the kernel choose the ports: it is there once the server
/// listens, and until it stops.
struct AddressFile: ~Copyable {
    private let path: String

    /// Writes the file, whole or not at all.
    init(_ path: String, of server: Server) throws(StartError) {
        self.path = path
        var members: [String: JSON] = [:]
        for (name, places) in server.addresses {
            members[name] = .array(
                places.map { address, isImplicitTLS in
                    [
                        "address": .string(address.description),
                        "host": .string(address.host),
                        "port": address.port.map { .integer(Int($0)) } ?? nil,
                        "tls": .bool(isImplicitTLS),
                    ]
                })
        }
        let draft = "\(path).\(getpid())"
        let isWritten = AddressFile.write(JSON.object(members).text + [0x0A], to: draft)
        guard isWritten, rename(draft, path) == 0 else {
            let reason = String(cString: strerror(errno))
            unlink(draft)
            throw StartError(
                "cannot write \(path): \(reason); check --addresses", exitCode: EX_CANTCREAT)
        }
    }

    /// Removes the file.
    consuming func remove() { unlink(path) }

    private static func write(_ bytes: [UInt8], to path: String) -> Bool {
        unlink(path)
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return Glibc.write(descriptor, bytes, bytes.count) == bytes.count
    }
}
