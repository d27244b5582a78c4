import FuzzBodies

nonisolated(unsafe) private let body = SASLBody()

/// What libFuzzer calls with every input, on one thread.
@c(LLVMFuzzerTestOneInput)
public func fuzz(_ octets: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    body.run(UnsafeRawBufferPointer(start: octets, count: count).bytes)
    return 0
}
