public import BlackholePipeline

extension Counter {
    /// Messages accepted.
    public static var messages: Counter { Counter(index: firstFree) }
    /// Bytes of content of the messages accepted.
    public static var messageBytes: Counter { Counter(index: firstFree + 1) }
    /// Recipients of the messages accepted.
    public static var recipients: Counter { Counter(index: firstFree + 2) }
    /// Messages refused at their end.
    public static var messagesRefused: Counter { Counter(index: firstFree + 3) }
    /// Commands refused for their syntax, their order or a limit.
    public static var commandErrors: Counter { Counter(index: firstFree + 4) }
    /// Sessions ended because their client speaks HTTP.
    public static var httpCommands: Counter { Counter(index: firstFree + 5) }
    /// When the loop's first message was accepted, in nanoseconds of ``Instant``; 0 before.
    package static var firstMessageTime: Counter { Counter(index: firstFree + 6) }
    /// When the last one was.
    package static var lastMessageTime: Counter { Counter(index: firstFree + 7) }
}
