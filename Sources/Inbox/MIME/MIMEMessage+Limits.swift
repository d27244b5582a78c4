extension MIMEMessage {
    /// How much of a message is read; what lies beyond stays in the content, opaque.
    ///
    /// Each limit that is reached is named in ``MIMEMessage/defects``.
    public struct Limits: Sendable, Hashable {
        /// Levels of parts, the message itself being the first; a multipart at the last is not divided.
        public var levels = 100
        /// Parts of one message, itself included; what follows the last belongs to no part.
        public var parts = 10_000
        /// Bytes of one header section; fields that end beyond are not read.
        public var headerBytes = 1 << 20
        /// Fields of one header section; further ones are not read.
        public var fields = 10_000
        /// Addresses of one kind, such as those of all To fields; further ones are not read.
        public var addresses = 10_000

        /// The limits of a message that nobody has set others for.
        public static let standard = Limits()

        /// Creates limits, which are the standard ones until they are changed.
        public init() {}
    }
}
