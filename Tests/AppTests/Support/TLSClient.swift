import BlackholeTestSupport
import Foundation
import Testing

/// How a connection is secured.
enum Securing: String, CaseIterable {
    case starttls, implicit
}

/// Python's ssl and smtplib in a scenario of tls.py, which goes on by steps.
final class TLSClient {
    private let folder = TemporaryDirectory()
    private let process: ChildProcess

    /// Starts a scenario.
    ///
    /// - Parameter options: `trust=FILE` and its like.
    init(
        _ scenario: String, _ securing: Securing, with server: RunningServer,
        _ options: [String] = []
    ) throws {
        let port = try server.port(securing)
        process = try ChildProcess(
            ["python3", Paths.client("tls.py"), folder.path, "\(port)", scenario]
                + ["how=\(securing.rawValue)"] + options,
            output: folder.file("output"), errors: folder.file("errors"))
    }

    var lines: [Substring] { folder.text(of: "output").split(separator: "\n") }

    /// Waits until the scenario has come to a step.
    func reach(_ step: Substring) throws {
        let isThere = eventually {
            lines.contains(step) || folder.text(of: "errors").contains("Error")
        }
        guard isThere, lines.contains(step) else {
            throw TestError.wrong("\(step) is not reached: \(folder.text(of: "errors"))")
        }
    }

    /// Lets the scenario go on from a step.
    func leave(_ step: String) throws {
        try folder.write("", to: step)
    }

    /// Waits for the end, which must be a good one.
    ///
    /// - Returns: the first line said: where the scenario tells it, the server's fingerprint.
    @discardableResult
    func finish(sourceLocation: SourceLocation = #_sourceLocation) throws -> String {
        let code = try process.wait()
        #expect(code == 0, "\(folder.text(of: "errors"))", sourceLocation: sourceLocation)
        return lines.first.map(String.init) ?? ""
    }

    /// Runs a scenario to its end.
    @discardableResult
    static func run(
        _ scenario: String, _ securing: Securing, with server: RunningServer,
        _ options: [String] = [], sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> String {
        let client = try TLSClient(scenario, securing, with: server, options)
        return try client.finish(sourceLocation: sourceLocation)
    }
}

extension RunningServer {
    /// Where TLS begins with the first byte, as the log tells it.
    func securedAddress() throws -> String {
        var address: Substring?
        let isTold = eventually {
            address = log.firstMatch(of: /listening on (\S+) for TLS:/)?.1
            return address != nil
        }
        guard isTold, let address else { throw TestError.timedOut("a port for TLS: \(log)") }
        return String(address)
    }

    func port(_ securing: Securing) throws -> Int {
        guard securing == .implicit else { return port }
        return Int(try securedAddress().split(separator: ":").last ?? "") ?? 0
    }

    /// The fingerprints in the log, in the order of their certificates' coming into use.
    var fingerprints: [String] {
        log.matches(of: /certificate .*SHA-256 ([0-9A-F:]{95})\n/).map { String($0.1) }
    }

    /// How often a text is in the log.
    func logCount(_ text: String) -> Int { log.ranges(of: text).count }

    /// Sends a SIGHUP and waits until the log has told of the outcome.
    func reload(expecting outcome: String) throws {
        let before = logCount(outcome)
        process.signal(SIGHUP)
        guard eventually({ logCount(outcome) > before }) else {
            throw TestError.timedOut("'\(outcome)' in the log: \(log)")
        }
    }
}
