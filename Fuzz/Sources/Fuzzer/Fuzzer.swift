import FuzzBodies
import Glibc

/// The target that the environment names; the `main` comes with libFuzzer.
nonisolated(unsafe) private let body: any FuzzBody = {
    let name = getenv("FUZZ_TARGET").map { String(cString: $0) } ?? ""
    guard let target = FuzzTarget(rawValue: name) else {
        let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: " ")
        fatalError("FUZZ_TARGET is '\(name)', and none of \(names)")
    }
    return target.makeBody()
}()

/// What libFuzzer calls with every input, on one thread.
@c(LLVMFuzzerTestOneInput)
public func fuzz(_ octets: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    body.run(UnsafeRawBufferPointer(start: octets, count: count).bytes)
    return 0
}
