import BlackholeConsole
import BlackholeTestSupport
import Foundation

/// The console of a running program, asked by curl.
struct ConsoleOfServer {
    /// How curl reaches it: an address, or options for a socket and an address.
    let place: [String]

    /// The console that the log of a server names.
    init(_ server: RunningServer) throws {
        var link: String?
        let isServed = eventually {
            link = server.log.firstMatch(of: /console on (https?:\S+)\//).map { String($0.1) }
            return link != nil
        }
        guard isServed, let link else {
            throw TestError.wrong("no console in the log: \(server.log)")
        }
        place = [link]
    }

    init(socket path: String) { place = ["--unix-socket", path, "http://localhost"] }

    /// What a request is answered with: the status, and the body.
    func ask(_ path: String, _ options: String...) throws -> (status: Int, body: String) {
        let address = Array(place.dropLast()) + [(place.last ?? "") + path]
        let command = try Command.run(
            ["curl", "-sS", "--globoff", "--max-time", "60", "-w", "\n%{http_code}"] + options
                + address)
        let parts = command.output.split(separator: "\n", omittingEmptySubsequences: false)
        guard let status = parts.last.flatMap({ Int($0) }) else {
            throw TestError.wrong("no status: \(command.text)")
        }
        return (status, parts.dropLast().joined(separator: "\n"))
    }

    /// The JSON that a path has.
    func json(_ path: String) throws -> JSON {
        try JSON(reading: Array(try ask(path).body.utf8))
    }
}

extension JSON {
    /// The array that is the member of that name.
    func list(_ name: String) -> [JSON] { self[name]?.array ?? [] }
}
