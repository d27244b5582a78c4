/// The replies that the session gives by itself.
extension Reply {
    static var ok: Reply { Reply(250, EnhancedCode(2, 0, 0), "Ok") }
    static var senderOk: Reply { Reply(250, EnhancedCode(2, 1, 0), "Ok") }
    static var recipientOk: Reply { Reply(250, EnhancedCode(2, 1, 5), "Ok") }
    static var startTLS: Reply { Reply(220, EnhancedCode(2, 0, 0), "Ready to start TLS") }
    static var alreadySecured: Reply { Reply(503, EnhancedCode(5, 5, 1), "TLS is active already") }
    static var startData: Reply { Reply(354, "End data with <CR><LF>.<CR><LF>") }
    static var bye: Reply { Reply(221, EnhancedCode(2, 0, 0), "Bye") }
    static var cannotVerify: Reply {
        Reply(252, EnhancedCode(2, 0, 0), "Cannot VRFY user, but will take mail for it")
    }
    static var cannotExpand: Reply {
        Reply(252, EnhancedCode(2, 0, 0), "Cannot EXPN list, but will take mail for it")
    }

    static var timeout: Reply { Reply(421, EnhancedCode(4, 4, 2), "Timeout, closing connection") }
    static var shuttingDown: Reply {
        Reply(421, EnhancedCode(4, 3, 2), "Service shutting down, closing connection")
    }
    static var tooManyErrors: Reply {
        Reply(421, EnhancedCode(4, 7, 0), "Too many errors, closing connection")
    }
    static var tooManyRecipients: Reply { Reply(452, EnhancedCode(4, 5, 3), "Too many recipients") }

    static var overlongLine: Reply { Reply(500, EnhancedCode(5, 5, 2), "Line too long") }
    static var emptyLine: Reply { Reply(500, EnhancedCode(5, 5, 2), "Command expected") }
    static var controlInLine: Reply {
        Reply(500, EnhancedCode(5, 5, 2), "Control character in command; a line ends with CR LF")
    }
    static var unknownCommand: Reply {
        Reply(500, EnhancedCode(5, 5, 1), "Command not recognized; HELP lists the commands")
    }
    static var notImplemented: Reply {
        Reply(502, EnhancedCode(5, 5, 1), "Command not implemented")
    }
    static var helloSyntax: Reply {
        Reply(501, EnhancedCode(5, 5, 4), "Syntax: HELO or EHLO, a blank, a host name")
    }
    static var mailSyntax: Reply {
        Reply(501, EnhancedCode(5, 5, 4), "Syntax: MAIL FROM:<address> [parameters]")
    }
    static var recipientSyntax: Reply {
        Reply(501, EnhancedCode(5, 5, 4), "Syntax: RCPT TO:<address> [parameters]")
    }
    static var chunkSyntax: Reply {
        Reply(501, EnhancedCode(5, 5, 4), "Syntax: BDAT octets [LAST]")
    }
    static var noArgument: Reply {
        Reply(501, EnhancedCode(5, 5, 4), "Syntax error, no argument allowed")
    }
    static var argumentWanted: Reply {
        Reply(501, EnhancedCode(5, 5, 4), "Syntax error, argument expected")
    }
    static var badSender: Reply { Reply(501, EnhancedCode(5, 1, 7), "Bad sender address syntax") }
    static var badRecipient: Reply {
        Reply(501, EnhancedCode(5, 1, 3), "Bad recipient address syntax")
    }
    static var parameterValue: Reply {
        Reply(501, EnhancedCode(5, 5, 4), "Parameter given twice or with a bad value")
    }
    static var parameterNotImplemented: Reply {
        Reply(504, EnhancedCode(5, 5, 4), "Parameter value not implemented")
    }
    static var parameterUnknown: Reply {
        Reply(555, EnhancedCode(5, 5, 4), "Parameter not recognized")
    }
    static var needsUTF8: Reply {
        Reply(553, EnhancedCode(5, 6, 7), "Non-ASCII address needs SMTPUTF8")
    }
    static var helpTopicUnknown: Reply {
        Reply(504, EnhancedCode(5, 5, 4), "No help on that; HELP lists the commands")
    }

    static var helloFirst: Reply { Reply(503, EnhancedCode(5, 5, 1), "Send HELO or EHLO first") }
    static var mailFirst: Reply { Reply(503, EnhancedCode(5, 5, 1), "Send MAIL first") }
    static var nestedMail: Reply {
        Reply(503, EnhancedCode(5, 5, 1), "Sender already given; RSET starts again")
    }
    static var recipientFirst: Reply { Reply(503, EnhancedCode(5, 5, 1), "Send RCPT first") }
    static var noValidRecipients: Reply {
        Reply(554, EnhancedCode(5, 5, 1), "No valid recipients")
    }
    static var chunksBegun: Reply {
        Reply(503, EnhancedCode(5, 5, 1), "Message begun with BDAT goes on with BDAT")
    }
    static var binaryNeedsChunks: Reply {
        Reply(503, EnhancedCode(5, 5, 1), "BODY=BINARYMIME needs BDAT")
    }
    static var noService: Reply {
        Reply(503, EnhancedCode(5, 5, 1), "No service here; only QUIT is left")
    }
    static var messageTooBig: Reply {
        Reply(552, EnhancedCode(5, 3, 4), "Message exceeds the fixed maximum size")
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
                default: .helloSyntax
                }
            case .reversePath: .badSender
            case .forwardPath: .badRecipient
            case .nonASCIIReversePath, .nonASCIIForwardPath: .needsUTF8
            case .parameterUnknown: .parameterUnknown
            case .parameterValue, .parameterTwice: .parameterValue
            case .parameterNotImplemented: .parameterNotImplemented
            }
    }
}
