/// The verb of a command: the ones of RFC 5321 and of its extensions, matched whole.
public enum Verb: BitwiseCopyable, Sendable, CaseIterable {
    /// HELO: the client's name (RFC 5321 §4.1.1.1).
    case helo
    /// EHLO: the client's name, and which extensions there are (RFC 5321 §4.1.1.1).
    case ehlo
    /// MAIL: a message begins (RFC 5321 §4.1.1.2).
    case mail
    /// RCPT: one of its recipients (RFC 5321 §4.1.1.3).
    case rcpt
    /// DATA: its content follows, up to a line of one dot (RFC 5321 §4.1.1.4).
    case data
    /// BDAT: a chunk of its content follows, of so many bytes (RFC 3030).
    case bdat
    /// RSET: the message under way is given up (RFC 5321 §4.1.1.5).
    case rset
    /// NOOP: nothing (RFC 5321 §4.1.1.9).
    case noop
    /// VRFY: is there such a mailbox (RFC 5321 §4.1.1.6).
    case vrfy
    /// EXPN: who is on a mailing list (RFC 5321 §4.1.1.7).
    case expn
    /// HELP (RFC 5321 §4.1.1.8).
    case help
    /// QUIT: the end of the session (RFC 5321 §4.1.1.10).
    case quit
    /// STARTTLS: a TLS handshake follows (RFC 3207).
    case startTLS
    /// AUTH: who the client is (RFC 4954).
    case auth
    /// ETRN: send what is queued for a domain (RFC 1985).
    case etrn
    /// TURN: change sides, an early command that is obsolete (RFC 821; RFC 5321 appendix F.1).
    case turn
    /// SEND: mail to a terminal, obsolete (RFC 821; RFC 5321 appendix F.6).
    case send
    /// SOML: mail to a terminal or a mailbox, obsolete (RFC 821; RFC 5321 appendix F.6).
    case soml
    /// SAML: mail to a terminal and a mailbox, obsolete (RFC 821; RFC 5321 appendix F.6).
    case saml
    /// LHLO: EHLO's place in LMTP (RFC 2033 §4.1).
    case lhlo
    /// Any other word, and the verb of a line that is no command at all.
    case unknown

    /// The verb in capitals, as the standards write it; "UNKNOWN" for `unknown`.
    public var name: StaticString {
        switch self {
        case .helo: "HELO"
        case .ehlo: "EHLO"
        case .mail: "MAIL"
        case .rcpt: "RCPT"
        case .data: "DATA"
        case .bdat: "BDAT"
        case .rset: "RSET"
        case .noop: "NOOP"
        case .vrfy: "VRFY"
        case .expn: "EXPN"
        case .help: "HELP"
        case .quit: "QUIT"
        case .startTLS: "STARTTLS"
        case .auth: "AUTH"
        case .etrn: "ETRN"
        case .turn: "TURN"
        case .send: "SEND"
        case .soml: "SOML"
        case .saml: "SAML"
        case .lhlo: "LHLO"
        case .unknown: "UNKNOWN"
        }
    }
}

extension Verb {
    /// The verb that the word spells, in any mixture of cases.
    ///
    /// All verbs have four letters, but for STARTTLS with eight. Setting bit 5 folds the case, and
    /// is exact: the bytes that it turns into a given small letter are its two cases, no others.
    init(_ word: RawSpan) {
        switch word.byteCount {
        case 4:
            let letters = word.unsafeLoadUnaligned(fromUncheckedByteOffset: 0, as: UInt32.self)
            self.init(folded: UInt32(bigEndian: letters) | 0x2020_2020)
        case 8:
            let letters = word.unsafeLoadUnaligned(fromUncheckedByteOffset: 0, as: UInt64.self)
            let folded = UInt64(bigEndian: letters) | 0x2020_2020_2020_2020
            self = folded == 0x7374_6172_7474_6c73 ? .startTLS : .unknown
        default:
            self = .unknown
        }
    }

    /// The verb of four small letters, the first of them in the highest byte.
    private init(folded letters: UInt32) {
        switch letters {
        case 0x6865_6c6f: self = .helo
        case 0x6568_6c6f: self = .ehlo
        case 0x6d61_696c: self = .mail
        case 0x7263_7074: self = .rcpt
        case 0x6461_7461: self = .data
        case 0x6264_6174: self = .bdat
        case 0x7273_6574: self = .rset
        case 0x6e6f_6f70: self = .noop
        case 0x7672_6679: self = .vrfy
        case 0x6578_706e: self = .expn
        case 0x6865_6c70: self = .help
        case 0x7175_6974: self = .quit
        case 0x6175_7468: self = .auth
        case 0x6574_726e: self = .etrn
        case 0x7475_726e: self = .turn
        case 0x7365_6e64: self = .send
        case 0x736f_6d6c: self = .soml
        case 0x7361_6d6c: self = .saml
        case 0x6c68_6c6f: self = .lhlo
        default: self = .unknown
        }
    }
}
