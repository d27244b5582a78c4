import BlackholeTestSupport
import Foundation

/// Certificates and keys in files, made by the openssl program, once for all tests.
struct Certificates: Sendable {
    let directory = TemporaryDirectory()

    static let made: Result<Certificates, any Error> = Result { try Certificates() }

    /// The files; throws if the openssl program could not make them.
    static func files() throws -> Certificates { try made.get() }

    func path(_ name: String) -> String { directory.file(name) }

    func text(_ name: String) throws -> String {
        try String(contentsOfFile: path(name), encoding: .utf8)
    }

    /// Writes a file, whole at once: tests that run beside each other may write the same one.
    @discardableResult
    func write(_ text: String, to name: String) throws -> String {
        try text.write(toFile: path(name), atomically: true, encoding: .utf8)
        return path(name)
    }

    private init() throws {
        // The tests' process ends without a word; at its exit the files go.
        atexit {
            if case .success(let certificates) = Certificates.made {
                certificates.directory.remove()
            }
        }
        try makeChain()
        try makeOthers()
        try makeDates()
    }

    private func openssl(_ arguments: String) throws {
        let words = arguments.split(separator: " ").map { word in
            word.replacing("@", with: "\(directory.path)/").description
        }
        let outcome = try Tool.run("openssl", words)
        guard outcome.code == 0 else { throw Failure(description: outcome.output) }
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private static let newKey = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"

    /// A root, an authority below it, and a server's certificate by that.
    private func makeChain() throws {
        try write(
            """
            [authority]
            basicConstraints=critical,CA:TRUE
            [server]
            subjectAltName=DNS:localhost,IP:127.0.0.1
            [ca]
            default_ca=own
            [own]
            database=\(directory.path)/index
            new_certs_dir=\(directory.path)
            rand_serial=yes
            unique_subject=no
            default_md=sha256
            policy=any
            [any]
            commonName=supplied
            [req]
            distinguished_name=names
            [names]
            """, to: "conf")
        try write("", to: "index")
        let new = "req -config @conf \(Certificates.newKey) -subj"
        try openssl("\(new) /CN=root -x509 -extensions authority -keyout @root.key -out @root.pem")
        try openssl("\(new) /CN=middle -keyout @middle.key -out @middle.req")
        try openssl("\(new) /CN=leaf -keyout @leaf.key -out @leaf.req")
        let sign = "x509 -req -CAcreateserial -extfile @conf"
        try openssl(
            "\(sign) -in @middle.req -CA @root.pem -CAkey @root.key -extensions authority"
                + " -out @middle.pem")
        try openssl(
            "\(sign) -in @leaf.req -CA @middle.pem -CAkey @middle.key -extensions server"
                + " -out @leaf.pem")
        try write(text("leaf.pem") + text("middle.pem"), to: "chain.pem")
        try write(text("leaf.pem") + text("middle.pem") + text("leaf.key"), to: "all.pem")
        try write(text("leaf.key") + text("leaf.pem") + text("middle.pem"), to: "keyfirst.pem")
    }

    private func makeOthers() throws {
        try openssl("pkey -in @leaf.key -aes128 -passout pass:secret -out @locked.key")
        try openssl("ec -in @leaf.key -aes128 -passout pass:secret -out @oldlocked.key")
        try openssl(
            "req -config @conf -x509 -newkey rsa:2048 -nodes -subj /CN=rsa"
                + " -keyout @rsa.key -out @rsa.pem")
        try openssl(
            "req -config @conf -x509 -newkey rsa:512 -nodes -subj /CN=weak"
                + " -keyout @weak.key -out @weak.pem")
        try openssl("x509 -in @leaf.pem -outform DER -out @leaf.der")
    }

    private func makeDates() throws {
        for (name, start, end) in [
            ("expired", "20200101000000Z", "20210101000000Z"),
            ("early", "20990101000000Z", "20991231000000Z"),
        ] {
            try openssl(
                "ca -batch -config @conf -selfsign -keyfile @middle.key -in @middle.req"
                    + " -notext -startdate \(start) -enddate \(end) -out @\(name).pem")
        }
    }
}
