internal import BlackholeCOpenSSL
internal import BlackholePipeline

/// What OpenSSL reads from and writes to during one call: the input, and the output's buffer.
///
/// No memory BIO, no socket, no copy but OpenSSL's own.
struct SpanTransport {
    var input: UnsafeRawBufferPointer
    var consumed = 0
    let output: UnsafeMutablePointer<ByteQueue>
    /// OpenSSL has asked for more than there was.
    var ranDry = false

    /// Whether OpenSSL has not read all of the input.
    var hasMore: Bool { consumed < input.count }
}

/// The BIO over a ``SpanTransport``, which a session sets before each call and takes away after.
enum SpanBIO {
    /// The method table, made once and shared by all threads, which only read it.
    nonisolated(unsafe) private static let method: OpaquePointer? = {
        let type = BIO_get_new_index() | BIO_TYPE_SOURCE_SINK
        guard let method = BIO_meth_new(type, "span") else { return nil }
        BIO_meth_set_read_ex(method, read)
        BIO_meth_set_write_ex(method, write)
        BIO_meth_set_ctrl(method, control)
        return method
    }()

    static func make() -> OpaquePointer? {
        guard let bio = BIO_new(method) else { return nil }
        BIO_set_init(bio, 1)
        return bio
    }

    private static func transport(
        of bio: OpaquePointer?
    ) -> UnsafeMutablePointer<SpanTransport>? {
        BIO_get_data(bio)?.assumingMemoryBound(to: SpanTransport.self)
    }

    private static let read:
        @convention(c) (
            OpaquePointer?, UnsafeMutablePointer<CChar>?, Int, UnsafeMutablePointer<Int>?
        ) -> Int32 = { bio, room, roomCount, count in
            copenssl_clear_retry(bio)
            guard let transport = transport(of: bio), let room else { return 0 }
            let left = transport.pointee.input.count - transport.pointee.consumed
            guard left > 0, let base = transport.pointee.input.baseAddress else {
                transport.pointee.ranDry = true
                copenssl_retry_read(bio)
                return 0
            }
            let taken = min(left, roomCount)
            UnsafeMutableRawPointer(room).copyMemory(
                from: base + transport.pointee.consumed, byteCount: taken)
            transport.pointee.consumed += taken
            count?.pointee = taken
            return 1
        }

    private static let write:
        @convention(c) (
            OpaquePointer?, UnsafePointer<CChar>?, Int, UnsafeMutablePointer<Int>?
        ) -> Int32 = { bio, start, byteCount, count in
            copenssl_clear_retry(bio)
            guard let transport = transport(of: bio), let start else { return 0 }
            let bytes = UnsafeRawBufferPointer(start: start, count: byteCount)
            transport.pointee.output.pointee.append(bytes.bytes)
            count?.pointee = byteCount
            return 1
        }

    private static let control:
        @convention(c) (OpaquePointer?, Int32, Int, UnsafeMutableRawPointer?) -> Int = {
            _, command, _, _ in
            command == BIO_CTRL_FLUSH ? 1 : 0
        }
}
