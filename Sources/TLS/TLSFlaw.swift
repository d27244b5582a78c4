/// What is wrong with a certificate that is made to be refused.
public enum TLSFlaw: String, Sendable, CaseIterable {
    /// Its last day was yesterday.
    case expired
    /// It is not valid for years to come.
    case future
    /// It is for a host that nobody asks for, `other-name.invalid`.
    case otherName = "other-name"
    /// Its authority is one that nobody knows.
    case untrusted
    /// Its key is RSA of 768 bits: too weak for OpenSSL's security level 1, and for all above.
    case weakKey = "weak-key"

    /// When the certificate is valid, in days from now.
    var days: ClosedRange<Int> {
        switch self {
        case .expired: -90...(-1)
        case .future: 3_650...3_740
        case .otherName, .untrusted, .weakKey: -1...824
        }
    }
}
