/// The replies that the session gives by itself, and that say more than the table of ``ReplyCode``.
extension Reply {
    static var senderOk: Reply { Reply(.ok, EnhancedCode(2, 1, 0)) }
    static var recipientOk: Reply { Reply(.ok, EnhancedCode(2, 1, 5)) }
    static var startTLS: Reply { Reply(220, 0, 0, "Ready to start TLS") }
    static var alreadySecured: Reply { Reply(.badSequence, "TLS is active already") }

    static var authenticated: Reply { Reply(235, 7, 0, "Authentication successful") }
    static var authenticatedAlready: Reply { Reply(.badSequence, "Authenticated already") }
    static var authSyntax: Reply {
        Reply(.syntaxError, "Syntax: AUTH mechanism [initial response]")
    }
    static var serverSpeaksFirst: Reply {
        Reply(501, 7, 0, "This mechanism has no initial response")
    }
    static var authenticationCancelled: Reply { Reply(501, 7, 0, "Authentication cancelled") }
    static var responseNotBase64: Reply { Reply(501, 5, 2, "Response is not base64") }
    static var responseMalformed: Reply {
        Reply(501, 5, 2, "Response is not what the mechanism asks for")
    }
    static var overlongResponse: Reply {
        Reply(500, 5, 6, "Authentication exchange line is too long")
    }

    static var timeout: Reply { Reply(421, 4, 2, "Timeout, closing connection") }
    static var noAnswer: Reply { Reply(421, 3, 0, "No answer in time, closing connection") }
    static var shuttingDown: Reply {
        Reply(.serviceNotAvailable, "Service shutting down, closing connection")
    }
    static var notHTTP: Reply { Reply(421, 7, 0, "This is SMTP, not HTTP; closing connection") }
    static var chunkSizeUnknown: Reply {
        Reply(421, 5, 4, "Syntax: BDAT octets [LAST]; closing connection")
    }
    static var tooManyErrors: Reply { Reply(421, 7, 0, "Too many errors, closing connection") }
    static var tooManyCommands: Reply { Reply(421, 7, 0, "Too many commands, closing connection") }
    static var tooManyMessages: Reply { Reply(421, 7, 0, "Too many messages, closing connection") }
    static var sessionTooLong: Reply {
        Reply(421, 4, 2, "Session has lasted too long, closing connection")
    }
    static var tooManyRecipients: Reply { Reply(452, 5, 3, "Too many recipients") }

    static var overlongLine: Reply { Reply(500, 5, 2, "Line too long") }
    static var emptyLine: Reply { Reply(500, 5, 2, "Command expected") }
    static var controlInLine: Reply {
        Reply(500, 5, 2, "Control character in command; a line ends with CR LF")
    }
    static var helloSyntax: Reply {
        Reply(.syntaxError, "Syntax: HELO or EHLO, a blank, a host name")
    }
    static var localHelloSyntax: Reply { Reply(.syntaxError, "Syntax: LHLO, a blank, a host name") }
    static var mailSyntax: Reply { Reply(.syntaxError, "Syntax: MAIL FROM:<address> [parameters]") }
    static var recipientSyntax: Reply {
        Reply(.syntaxError, "Syntax: RCPT TO:<address> [parameters]")
    }
    static var chunkSyntax: Reply { Reply(.syntaxError, "Syntax: BDAT octets [LAST]") }
    static var argumentWanted: Reply { Reply(.syntaxError, "Syntax error, argument expected") }
    static var badSender: Reply { Reply(501, 1, 7, "Bad sender address syntax") }
    static var badRecipient: Reply { Reply(501, 1, 3, "Bad recipient address syntax") }
    static var parameterValue: Reply {
        Reply(.syntaxError, "Parameter given twice or with a bad value")
    }
    static var parameterUnknown: Reply { Reply(555, 5, 4, "Parameter not recognized") }
    static var needsUTF8: Reply { Reply(553, 6, 7, "Non-ASCII address needs SMTPUTF8") }
    static var helpTopicUnknown: Reply {
        Reply(.parameterNotImplemented, "No help on that; HELP lists the commands")
    }

    static var helloFirst: Reply { Reply(.badSequence, "Send HELO or EHLO first") }
    static var localHelloFirst: Reply { Reply(.badSequence, "Send LHLO first") }
    static var mailFirst: Reply { Reply(.badSequence, "Send MAIL first") }
    static var nestedMail: Reply { Reply(.badSequence, "Sender already given; RSET starts again") }
    static var authOutsideOnly: Reply { Reply(.badSequence, "No AUTH within a transaction") }
    static var recipientFirst: Reply { Reply(.badSequence, "Send RCPT first") }
    static var noValidRecipients: Reply { Reply(554, 5, 1, "No valid recipients") }
    static var chunksBegun: Reply {
        Reply(.badSequence, "Message begun with BDAT goes on with BDAT")
    }
    static var binaryNeedsChunks: Reply { Reply(.badSequence, "BODY=BINARYMIME needs BDAT") }
    static var noService: Reply { Reply(.badSequence, "No service here; only QUIT is left") }
    static var messageTooBig: Reply { Reply(552, 3, 4, "Message exceeds the fixed maximum size") }

    /// A reply with an enhanced code of its class, of which the subject and the detail are given.
    private init(_ code: UInt16, _ subject: UInt16, _ detail: UInt16, _ text: StaticString) {
        self.init(code, EnhancedCode(UInt8(code / 100), subject, detail), text)
    }

    /// The reply to an argument that was refused.
    init(to error: ArgumentError, of verb: Verb) {
        self =
            switch error {
            case .syntax:
                switch verb {
                case .mail: .mailSyntax
                case .rcpt: .recipientSyntax
                case .bdat: .chunkSyntax
                case .auth: .authSyntax
                case .lhlo: .localHelloSyntax
                default: .helloSyntax
                }
            case .reversePath: .badSender
            case .forwardPath: .badRecipient
            case .nonASCIIReversePath, .nonASCIIForwardPath: .needsUTF8
            case .parameterUnknown: .parameterUnknown
            case .parameterValue, .parameterTwice: .parameterValue
            case .parameterNotImplemented: Reply(.parameterNotImplemented)
            }
    }
}
