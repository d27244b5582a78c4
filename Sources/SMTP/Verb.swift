/// The verb of a command: the ones of RFC 5321 and of its extensions, matched whole.
public enum Verb: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    case helo, ehlo, mail, rcpt, data, bdat, rset, noop, vrfy, expn, help, quit
    case startTLS, auth, etrn, turn, send, soml, saml, lhlo
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
    /// is exact: the octets that it turns into a given small letter are its two cases, no others.
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

    /// The verb of four small letters, the first of them in the highest octet.
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
