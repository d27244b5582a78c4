import BlackholePipeline
import BlackholeTestSupport

/// What a service manager listens on for the state of a service (sd_notify(3)).
final class NotifySocket {
    let path: String
    private let folder = TemporaryDirectory()
    private let socket: Client

    init() throws {
        path = folder.file("notify")
        socket = try Client(
            bindingTo: .unix(path: path), isDatagram: true, patience: Int(patienceSeconds))
    }

    /// The assignments of the next message.
    func next() throws -> [String: String] {
        let text = String(decoding: try socket.receive(atMost: 4096), as: UTF8.self)
        return try text.split(separator: "\n").reduce(into: [:]) { result, line in
            guard let sign = line.firstIndex(of: "=") else {
                throw TestError.wrong("no assignment: \(line)")
            }
            result[String(line[..<sign])] = String(line[line.index(after: sign)...])
        }
    }
}
