// What a test names: with `import SMTPTesting` alone, and no other name of these modules. A typealias
// would not do: members of a type, and the cases of an enum, need an import of the module that
// declares it (SE-0444).

// What is received.
@_exported public import struct BlackholeInbox.MIMEMessage
@_exported public import struct BlackholeInbox.ReceivedMessage
@_exported public import struct BlackholeInbox.Transcript
@_exported public import enum BlackholePipeline.NetworkAddress
@_exported public import struct BlackholeSMTP.Credentials
@_exported public import enum BlackholeSMTP.SASLMechanism
@_exported public import struct BlackholeTLS.TLSDetails
@_exported public import enum BlackholeTLS.TLSProtocolVersion

// Behaviors.
@_exported public import struct BlackholeRules.Rule
@_exported public import enum BlackholeRules.Stage
@_exported public import enum BlackholeSMTP.ReplyMutation
@_exported public import struct BlackholeSMTP.SMTPLimits

// Responders, for `.responder { … }`.
@_exported public import struct BlackholePipeline.Context
@_exported public import struct BlackholeSMTP.Answer
@_exported public import protocol BlackholeSMTP.AsyncResponder
@_exported public import struct BlackholeSMTP.Awaiting
@_exported public import struct BlackholeSMTP.Command
@_exported public import struct BlackholeSMTP.EnhancedCode
@_exported public import struct BlackholeSMTP.HelloCommand
@_exported public import struct BlackholeSMTP.IncomingMessage
@_exported public import struct BlackholeSMTP.MailCommand
@_exported public import struct BlackholeSMTP.RecipientCommand
@_exported public import struct BlackholeSMTP.Reply
@_exported public import protocol BlackholeSMTP.Responder

// What can fail.
@_exported public import struct BlackholePipeline.SystemError
@_exported public import struct BlackholeTLS.TLSError
