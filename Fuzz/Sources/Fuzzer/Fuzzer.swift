import BlackholeFuzzBodies
import Glibc

/// The target that the environment names; the `main` comes with libFuzzer.
private let target: FuzzTarget = {
    let name = getenv("FUZZ_TARGET").map { String(cString: $0) } ?? ""
    guard let target = FuzzTarget(rawValue: name) else {
        let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: " ")
        fatalError("FUZZ_TARGET is '\(name)', and none of \(names)")
    }
    return target
}()

nonisolated(unsafe) private let body = target.makeBody()

/// What libFuzzer calls with every input, on one thread.
@c(LLVMFuzzerTestOneInput)
public func fuzz(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    body.run(UnsafeRawBufferPointer(start: bytes, count: count).bytes)
    return 0
}

/// What libFuzzer calls to have an input changed: for a target of lines every other time by what it
/// knows of SMTP, else by libFuzzer's own means.
@c(LLVMFuzzerCustomMutator)
public func change(
    _ bytes: UnsafeMutablePointer<UInt8>, _ count: Int, _ room: Int, _ seed: UInt32
) -> Int {
    guard let choiceCount = target.choiceCount, seed & 1 == 0 else {
        return changeBlindly(bytes, count, room)
    }
    let input = Array(UnsafeBufferPointer(start: bytes, count: count))
    var mutator = LineMutator(input, choiceCount: choiceCount, seed: UInt64(seed))
    mutator.change()
    let changed = mutator.bytes.prefix(room)
    for (index, byte) in changed.enumerated() { bytes[index] = byte }
    return changed.count
}

@_silgen_name("LLVMFuzzerMutate")
private func changeBlindly(_ bytes: UnsafeMutablePointer<UInt8>, _ count: Int, _ room: Int) -> Int
