internal import BlackholeCZlib

/// Compression as gzip has it (RFC 1952).
package enum Gzip {
    /// The bytes compressed, the same every time; nil if there is no memory for it.
    ///
    /// It takes about 20 ms for a megabyte of text, and 256 KiB besides the output.
    package static func compressed(_ bytes: [UInt8]) -> [UInt8]? {
        var stream = z_stream()
        guard czlib_begin_gzip(&stream) == Z_OK else { return nil }
        defer { deflateEnd(&stream) }
        let bound = deflateBound(&stream, uLong(bytes.count))
        guard let size = uInt(exactly: bytes.count), let room = uInt(exactly: bound) else {
            return nil
        }
        let output = bytes.withUnsafeBufferPointer { input in
            [UInt8](unsafeUninitializedCapacity: Int(room)) { output, count in
                // zlib reads only, though its type says otherwise.
                stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                stream.avail_in = size
                stream.next_out = output.baseAddress
                stream.avail_out = room
                count = deflate(&stream, Z_FINISH) == Z_STREAM_END ? Int(stream.total_out) : 0
            }
        }
        return output.isEmpty ? nil : output
    }
}
