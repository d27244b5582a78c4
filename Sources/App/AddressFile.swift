import BlackholeConsole
import BlackholeDaemon
import BlackholePipeline
import Glibc

/// The file of all addresses, for those who had the kernel choose the ports: it is there once the server
/// listens, and until it stops.
struct AddressFile: ~Copyable {
    private let path: String
    private let descriptor: Int32

    /// Writes the file, whole or not at all, for the account that will remove it.
    init(_ path: String, of server: Server, for account: Account) throws(StartError) {
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
        unlink(draft)
        descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        let text = JSON.object(members).text + [0x0A]
        guard descriptor >= 0, write(descriptor, text, text.count) == text.count,
            fchown(descriptor, account.uid, .max) == 0, rename(draft, path) == 0
        else {
            let reason = String(cString: strerror(errno))
            unlink(draft)
            throw StartError(
                "cannot write \(path): \(reason); check --addresses", exitCode: EX_CANTCREAT)
        }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Removes the file, or empties it where the directory is not ours to remove from, as after
    /// privileges were given up.
    consuming func remove() { if unlink(path) != 0 { ftruncate(descriptor, 0) } }
}
