extension MIMEMessage {
    /// A repair that reading a message took, or a limit that it reached.
    public enum Defect: String, Sendable, Hashable, CaseIterable {
        /// A line of the content ends at LF alone.
        case bareLF = "bare-lf"
        /// A line of the content ends at CR alone.
        case bareCR = "bare-cr"
        /// A line of an mbox file, `From …`, stands among the header fields.
        case mboxLine = "mbox-line"
        /// A line of a header section is no field, and was skipped.
        case badHeaderLine = "bad-header-line"
        /// No empty line ends a header section: its body begins at the first line that is no field.
        case missingSeparator = "missing-separator"
        /// Blanks stand before the colon of a header field (RFC 5322 §4.5).
        case obsoleteHeader = "obsolete-header"
        /// A header field that may be there once is repeated; the first counts.
        case duplicateHeader = "duplicate-header"
        /// A header field has bytes that are not ASCII (RFC 6532).
        case rawHeader = "8bit-header"
        /// The name of a media type cannot be read: text/plain (RFC 2045 §5.2).
        case badContentType = "bad-content-type"
        /// A parameter of Content-Type or Content-Disposition cannot be read.
        case badParameter = "bad-parameter"
        /// A parameter is repeated; the first counts.
        case duplicateParameter = "duplicate-parameter"
        /// A multipart has no boundary, and is text.
        case noBoundary = "no-boundary"
        /// The boundary of a multipart never comes, and it is text.
        case noStartBoundary = "no-start-boundary"
        /// The last boundary of a multipart never comes.
        case unclosedBoundary = "unclosed-boundary"
        /// A multipart has a transfer encoding, which is ignored (RFC 2045 §6.4).
        case encodedMultipart = "cte-on-multipart"
        /// A message inside the message has a transfer encoding, which is undone (RFC 2046 §5.2.1).
        case encodedMessage = "cte-on-message"
        /// A transfer encoding is not known: the bytes are as they are.
        case unknownEncoding = "unknown-cte"
        /// Base64 lacks padding at its end.
        case base64Padding = "base64-padding"
        /// Base64 goes on after its padding.
        case base64AfterPadding = "base64-after-padding"
        /// Base64 holds other characters, which are skipped.
        case base64Character = "base64-bad-character"
        /// A `=` of quoted-printable begins nothing, and is itself.
        case quotedPrintableEscape = "qp-bad-escape"
        /// A line of uuencoded data cannot be read.
        case badUuencode = "bad-uuencode"
        /// A charset is not known: what is neither ASCII nor UTF-8 is U+FFFD.
        case unknownCharset = "unknown-charset"
        /// Bytes are wrong in their charset, and are U+FFFD.
        case badCharacters = "bad-characters"
        /// An encoded word cannot be decoded, and is as it was written.
        case badWord = "bad-word"
        /// An encoded word is glued to what is beside it (RFC 2047 §5).
        case gluedWord = "word-not-separated"
        /// An address or a list of them cannot be read.
        case badAddress = "bad-address"
        /// The date cannot be read.
        case badDate = "bad-date"
        /// A limit: levels of parts.
        case tooDeep = "too-deep"
        /// A limit: parts.
        case tooManyParts = "too-many-parts"
        /// A limit: bytes of a header section.
        case headerTooLarge = "header-too-large"
        /// A limit: fields of a header section.
        case tooManyFields = "too-many-fields"
        /// A limit: addresses.
        case tooManyAddresses = "too-many-addresses"
    }
}

extension MIMEMessage.Defect: CustomStringConvertible {
    /// The name, such as `unclosed-boundary`.
    public var description: String { rawValue }
}

/// The defects found so far.
typealias Defects = Set<MIMEMessage.Defect>
