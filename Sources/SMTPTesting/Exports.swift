// What a test names of the rule language: with `import SMTPTesting` alone, and no other name of these
// modules. A typealias would not do: the cases of an enum need an import of the module that declares
// it (SE-0444).
@_exported public import struct BlackholeInbox.MIMEMessage
@_exported public import struct BlackholeInbox.ReceivedMessage
@_exported public import struct BlackholeInbox.Transcript
@_exported public import struct BlackholeRules.Rule
@_exported public import enum BlackholeRules.Stage
@_exported public import enum BlackholeSMTP.ReplyMutation
