import Pipeline

/// Offers input to a stack piece by piece, as an event loop does: what is not consumed is offered
/// again with more behind it, and the output is taken after every call.
///
/// - Parameter heldMax: the octets that may be left unconsumed between two pieces.
/// - Returns: the octets consumed.
func feed<Stack: ByteHandler & ~Copyable>(
    _ stack: inout Stack, _ input: RawSpan, _ cuts: Cuts, _ context: inout Context, heldMax: Int
) -> Int {
    var cuts = cuts
    var start = 0
    var end = 0
    while end < input.byteCount {
        end = cuts.end(from: end, in: input.byteCount)
        var isFlushing = true
        while isFlushing, start < end {
            let progress = stack.receive(input.extracting(start..<end), &context)
            require(0...(end - start) ~= progress.consumed, "no more is consumed than is offered")
            start += progress.consumed
            isFlushing = progress.verdict == .flush
            require(isFlushing || progress.verdict == .proceed, "a verdict is the handler's")
            require(!isFlushing || progress.consumed > 0, "a stack that flushes has consumed")
            context.output.removeAll()
        }
        require(end - start <= heldMax, "\(end - start) octets are held, of \(heldMax) at most")
    }
    return start
}
