import BlackholeTestSupport
import Glibc
import Testing

/// Programs and libraries that developers send mail with, as they are when nothing but host and port
/// is set, and with the certificate trusted that `blackhole certificate` makes.
struct SenderTests {
    /// How a sender is set up.
    enum Way: String, CaseIterable {
        /// Host and port.
        case plain
        /// By STARTTLS, the certificate trusted.
        case starttls
        /// To the port for TLS, the certificate trusted.
        case tls
    }

    /// A program of Clients/senders, named after what it sends with.
    enum Sender: String, CaseIterable, CustomTestStringConvertible {
        case nodemailer = "nodemailer.js"
        case phpMailer = "phpmailer.php"
        case symfonyMailer = "symfony-mailer.php"
        case netSMTP = "net-smtp.rb"
        case rubyMail = "ruby-mail.rb"
        case aiosmtplib = "aiosmtplib.py"
        case smtplib = "smtplib.py"
        case django = "django.py"
        case flaskMail = "flask-mail.py"
        case go = "smtp.go"
        case javaMail = "JavaMail.java"
        case mutt = "mutt.sh"
        case curl = "curl.sh"
        case swaks = "swaks.sh"
        case msmtp = "msmtp.sh"

        var testDescription: String { rawValue }

        /// The command that runs it, with the libraries of Debian's packages.
        var command: [String] {
            let file = Paths.client("senders/\(rawValue)")
            let jars = "/usr/share/java/javax.mail.jar:/usr/share/java/javax.activation.jar"
            return switch rawValue.split(separator: ".").last {
            case "js": ["node", file]
            case "php": ["/usr/bin/php", file]
            case "rb": ["/usr/bin/ruby", file]
            // Without its own folder in the path, where a sender is called as a module is.
            case "py": ["/usr/bin/python3", "-I", file]
            case "go": ["go", "run", file]
            case "java": ["java", "-cp", jars, file]
            default: ["bash", file]
            }
        }
    }

    /// What Go has compiled, for its next run; at the exit of the tests' process it goes.
    private static let cache: TemporaryDirectory = {
        atexit { SenderTests.cache.remove() }
        return TemporaryDirectory()
    }()

    @Test(arguments: Sender.allCases, Way.allCases)
    func `a common sender sends out of the box, and under TLS with the certificate trusted`(
        sender: Sender, way: Way
    ) throws {
        let folder = TemporaryDirectory()
        var options = ["--workers", "1"]
        if way != .plain {
            let file = folder.file("server.pem")
            let made = try Command.run(Paths.program, "certificate", "--out", file)
            #expect(made.exitCode == 0, "\(made.text)")
            try folder.write(made.output, to: "ca.crt")
            options += ["--ssl_cert", file, "--ssl_port", "0"]
        }
        try RunningServer.run(options) { server in
            let port = try way == .tls ? server.port(.implicit) : server.port
            let trust = way == .plain ? [] : [folder.file("ca.crt")]
            let command = try Command.run(
                sender.command + [way.rawValue, "\(port)"] + trust,
                environment: ["GOCACHE": Self.cache.path])
            #expect(command.exitCode == 0, "\(command.text)")
            #expect(try server.stop().messages == 1, "\(command.text)")
        }
    }
}
