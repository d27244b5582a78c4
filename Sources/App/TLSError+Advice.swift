import BlackholeTLS

extension TLSError {
    /// What the operator can do about a file that is no good.
    var advice: String {
        switch kind {
        case .unreadable: "; check the path and its permissions"
        case .certificate: "; give --ssl_cert a certificate in PEM, or neither it nor --ssl_key"
        case .key: "; give --ssl_key the certificate's private key in PEM"
        case .mismatch: "; give --ssl_cert and --ssl_key that were made together"
        case .trust: "; give --ssl_ca_certs_dir a directory that openssl rehash has prepared"
        // The first tells it itself; the others are about no file.
        case .passphrase, .setting, .handshake, .connection, .truncation: ""
        }
    }
}
