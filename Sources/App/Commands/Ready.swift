import ArgumentParser
import BlackholeDaemon
import BlackholePipeline
import BlackholeSink
import Glibc

/// `blackhole ready`: says whether the server takes mail.
struct Ready: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say whether the server takes mail, for images and scripts.",
        discussion: """
            Asks the console where --http says that there is one, otherwise the server of --pid, \
            otherwise the first listener for its greeting. Takes the options of run. Exit codes: 0 \
            it is ready, 1 it is not.
            """)

    @Flag(help: "Wait until it is ready.")
    var wait = false

    @Option(help: ArgumentHelp("How many seconds to wait at the most.", valueName: "seconds"))
    var timeout = 30

    @OptionGroup(visibility: .hidden) var options: SettingOptions

    func validate() throws {
        guard (1...86_400).contains(timeout) else {
            throw ValidationError("--timeout: \(timeout) is not a number from 1 to 86400")
        }
    }

    func run() throws {
        let configuration = try ConfigurationSource(options).load()
        let end = ContinuousClock.now + .seconds(timeout)
        while let fault = Ready.fault(configuration) {
            guard wait, ContinuousClock.now < end else {
                Blackhole.report("not ready: \(fault)")
                throw ExitCode(1)
            }
            usleep(50_000)
        }
        print("blackhole is ready")
    }

    /// Why the server is not ready; nil if it is.
    private static func fault(_ configuration: Configuration) -> String? {
        // A port that the kernel chose is not known here, and a script needs no TLS.
        let places = configuration.console.hasTLS ? [] : configuration.console.places
        let consoles = places.compactMap { NetworkAddress.nearest($0.host, port: $0.port) }
        do {
            if let console = consoles.first {
                let status = try Asking(console).get("/readyz")?.status ?? 0
                return status == 200 ? nil : "\(console) says \(status)"
            }
            if case .running(let pid) = try PidFile.state(of: configuration.pidPath) {
                let (status, _) = try StatusReport.get("/readyz", of: pid)
                return status == 200 ? nil : "process \(pid) says \(status)"
            }
            let listeners = configuration.listeners.filter { !$0.isImplicitTLS }
                .compactMap { NetworkAddress.nearest($0.host, port: $0.port) }
            guard let listener = listeners.first else {
                return "no listener has an address that can be asked"
            }
            return try Asking(listener).greeting() != nil ? nil : "\(listener) does not greet"
        } catch {
            return "\(error)"
        }
    }
}

extension NetworkAddress {
    /// Where a server that listens there can be reached from this machine; nil if that is not known.
    fileprivate static func nearest(_ host: String, port: UInt16) -> NetworkAddress? {
        guard port != 0 || host.hasPrefix("unix:") else { return nil }
        return switch lookUp(host, port: port).first {
        case .ipv4(0, _): NetworkAddress("127.0.0.1", port: port)
        case .ipv6(0, 0, _, _): NetworkAddress("::1", port: port)
        case let address: address
        }
    }
}
