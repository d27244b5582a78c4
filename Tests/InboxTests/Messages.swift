import BlackholeInbox
import BlackholePipeline
import BlackholeSMTP

extension ReceivedMessage {
    /// A message of a size.
    static func of(bytes: Int = 0, from sender: String = "me@a.example", to recipients: String...)
        -> ReceivedMessage
    {
        var random = RandomSource(seed: 0)
        return ReceivedMessage(
            sender: sender, recipients: recipients, commands: [], hello: "", tls: nil,
            credentials: nil, content: Array(repeating: 0x61, count: bytes),
            transcript: Transcript(), id: MessageID(&random))
    }
}
