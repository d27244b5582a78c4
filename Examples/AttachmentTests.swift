// What a message says to its reader: the subject, the text, the HTML and the attachments, decoded. The
// mailer is Python's, so that the message is encoded as real ones are.
//
//     swift test --filter AttachmentTests

import Foundation
import SMTPTesting
import Testing

/// The code under test, which mails an invoice.
struct Shop {
    let port: Int

    func mailInvoice() throws {
        let python = Process()
        python.executableURL = URL(filePath: "/usr/bin/env")
        python.arguments = ["python3", "-c", Shop.program, "\(port)"]
        try python.run()
        python.waitUntilExit()
        guard python.terminationStatus == 0 else { throw NotSent(code: python.terminationStatus) }
    }

    struct NotSent: Error {
        let code: Int32
    }

    private static let program = """
        import smtplib, sys
        from email.message import EmailMessage
        message = EmailMessage()
        message["From"] = "Bücher <shop@example.org>"
        message["To"] = "you@example.org"
        message["Subject"] = "Grüße, und Ihre Rechnung"
        message.set_content("Anbei die Rechnung über 10 €.\\n")
        message.add_alternative("<p>Anbei die Rechnung über <b>10 €</b>.</p>\\n", subtype="html")
        message.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf",
                               filename="Rechnung März.pdf")
        message.add_attachment("Buch;10\\n", subtype="csv", filename="positions.csv")
        with smtplib.SMTP("127.0.0.1", int(sys.argv[1]), timeout=20) as smtp:
            smtp.send_message(message)
        """
}

@Test(.smtpServer) func `an invoice says what is to be paid`() async throws {
    let smtp = try SMTPServer.current
    try Shop(port: smtp.port).mailInvoice()

    let message = try await smtp.first(to: "you@example.org")
    #expect(message.subject == "Grüße, und Ihre Rechnung")
    #expect(message.from.map(\.name) == ["Bücher"])
    #expect(message.text == "Anbei die Rechnung über 10 €.\n")
    #expect(message.html.contains("<b>10 €</b>"))
    #expect(message.mime.defects.isEmpty)
}

@Test(.smtpServer) func `an invoice has its files`() async throws {
    let smtp = try SMTPServer.current
    try Shop(port: smtp.port).mailInvoice()

    let attachments = try await smtp.first(to: "you@example.org").attachments
    #expect(attachments.map(\.fileName) == ["Rechnung März.pdf", "positions.csv"])
    #expect(attachments.map(\.contentType) == ["application/pdf", "text/csv"])
    #expect(attachments.first?.bytes == Array("%PDF-1.7".utf8))
    #expect(attachments.last?.text == "Buch;10\n")
}
