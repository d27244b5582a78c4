import BlackholePipeline
import BlackholeTLS

/// One side of a TLS connection in memory, with what must hold at every call of it.
final class TLSEnd {
    private var session: TLSSession
    private var output = ByteQueue()
    private var plaintext = ByteQueue()
    /// Bytes that came and that the session has not taken.
    private var unread: [UInt8] = []
    /// What was decrypted.
    private(set) var heard: [UInt8] = []
    /// How many bytes of plaintext may wait to be read.
    var maximumPlaintext = Int.max
    private(set) var hasSaidClose = false
    private var bytesTaken = 0
    private var bytesHeard = 0
    private(set) var outputCount = 0

    init(
        _ context: TLSContext, serverName: String? = nil, resuming resumption: TLSResumption? = nil,
        identity: TLSSession.IdentityChooser? = nil
    ) {
        do throws(TLSError) {
            session = try TLSSession(
                context, serverName: serverName, resuming: resumption, identity: identity)
        } catch {
            fatalError("violated: a session can be made: \(error)")
        }
    }

    var phase: TLSSession.Phase { session.phase }
    var details: TLSDetails? { session.details }
    var error: TLSError? { session.error }
    var resumption: TLSResumption? { session.resumption }
    /// Whether anything waits in it.
    var isIdle: Bool { unread.isEmpty && plaintext.isEmpty && output.isEmpty }

    /// Takes bytes from the peer, as many as the plaintext's limit lets it.
    func take(_ bytes: some Sequence<UInt8> = []) {
        unread += bytes
        let before = session.phase
        let held = plaintext.count
        let said = output.count
        let consumed = session.receive(
            unread.span.bytes, into: &plaintext, upTo: maximumPlaintext, output: &output)
        require(0...unread.count ~= consumed, "no more is consumed than is offered")
        bytesTaken += consumed
        bytesHeard += plaintext.count - held
        outputCount += output.count - said
        let gained = plaintext.count - held
        require(gained >= 0 && output.count >= said, "nothing is taken back")
        require(bytesHeard <= bytesTaken, "no more plaintext comes out than bytes went in")
        check(before, gained: gained, said: output.count - said)
        let isOver = phase == .ended || phase == .failed
        require(!isOver || consumed == unread.count, "what comes behind the end is dropped")
        require(
            isOver || consumed == unread.count || plaintext.count >= maximumPlaintext,
            "all is taken that there is room for")
        require(
            before != .established || held < maximumPlaintext || isOver
                || consumed == 0 && gained == 0,
            "nothing is taken without room for it")
        unread.removeFirst(consumed)
    }

    private func check(_ before: TLSSession.Phase, gained: Int, said: Int) {
        switch before {
        case .failed, .ended:
            require(phase == before, "an end is final")
            require(gained == 0 && said == 0, "nothing happens behind the end")
        case .established:
            require(phase != .handshaking, "a handshake is done once")
            require(
                said <= TLSEnd.maximumAlertBytes + 32 * TLSEnd.keyUpdateBytes,
                "what is said unasked is an alert, or the answer to a few requests for new keys")
        case .handshaking:
            let isDone = phase == .established || phase == .ended
            require(isDone || phase == .failed || gained == 0, "a handshake has no plaintext")
            require(outputCount <= TLSEnd.maximumHandshakeBytes, "a handshake's output is bounded")
        }
        require((phase == .failed) == (error != nil), "a failure has its reason, and nothing else")
    }

    /// Reads what was decrypted, so that there is room for more.
    func read() {
        plaintext.withBytes { bytes in bytes.withUnsafeBytes { heard.append(contentsOf: $0) } }
        plaintext.removeAll()
    }

    /// Reads and decrypts until nothing is left that can be.
    func readAll() {
        maximumPlaintext = .max
        take()
        read()
    }

    /// Encrypts.
    ///
    /// - Returns: whether it may say something.
    @discardableResult
    func say(_ bytes: [UInt8]) -> Bool {
        let before = session.phase
        let mayTalk = (before == .established || before == .ended) && !hasSaidClose
        let said = output.count
        session.send(bytes.span.bytes, output: &output)
        require(session.phase == before, "plaintext can be encrypted")
        let records = (bytes.count + 16_383) / 16_384
        let maximumBytes = bytes.count + records * 64
        require(
            mayTalk ? bytes.count...maximumBytes ~= output.count - said : output.count == said,
            "what is said is encrypted, if something may be said")
        return mayTalk
    }

    /// Says close_notify.
    ///
    /// - Returns: whether it may.
    @discardableResult
    func close() -> Bool {
        let mayTalk = (phase == .established || phase == .ended) && !hasSaidClose
        let before = phase
        let said = output.count
        session.close(output: &output)
        if mayTalk { hasSaidClose = true }
        require(phase == before, "a close changes nothing here")
        require((output.count > said) == mayTalk, "close_notify is said once")
        require(output.count - said <= TLSEnd.maximumAlertBytes, "close_notify is an alert")
        return mayTalk
    }

    /// What the peer is to get.
    func takeOutput() -> [UInt8] {
        defer { output.removeAll() }
        return output.withBytes { bytes in bytes.withUnsafeBytes { Array($0) } }
    }

    /// What was decrypted and read.
    func takeHeard() -> [UInt8] {
        defer { heard.removeAll(keepingCapacity: true) }
        return heard
    }

    /// Asks the peer for new keys, and takes new ones.
    func updateKeys() {
        let mayTalk = phase == .established && !hasSaidClose
        let before = phase
        let said = output.count
        session.updateKeys(output: &output)
        require(phase == before, "new keys change nothing here")
        require(
            output.count - said <= (mayTalk ? TLSEnd.keyUpdateBytes : 0),
            "a request for new keys is one record, if something may be said")
    }

    /// An alert's record.
    static let maximumAlertBytes = 64
    /// A KeyUpdate's record: a header of 5 bytes, a message of 5, its type and its tag.
    static let keyUpdateBytes = 27
    /// The certificate is small, and tickets are as well.
    static let maximumHandshakeBytes = 8192
}
