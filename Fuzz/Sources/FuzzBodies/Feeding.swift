import BlackholePipeline

/// Offers input to a stack piece by piece, as an event loop does: what is not consumed is offered
/// again with more behind it, and the output is taken after every call.
///
/// - Parameter maximumHeld: the bytes that may be left unconsumed between two pieces.
/// - Returns: the bytes consumed.
func feed<Stack: ByteHandler & ~Copyable>(
    _ stack: inout Stack, _ input: RawSpan, _ cuts: Cuts, _ context: inout Context, maximumHeld: Int
) -> Int {
    var cuts = cuts
    var start = 0
    var end = 0
    while end < input.byteCount {
        end = cuts.end(from: end, in: input.byteCount)
        var isFlushing = true
        while isFlushing, start < end {
            let intake = stack.receive(input.extracting(start..<end), &context)
            require(0...(end - start) ~= intake.consumed, "no more is consumed than is offered")
            start += intake.consumed
            isFlushing = intake.verdict == .flush
            require(isFlushing || intake.verdict == .proceed, "a verdict is the handler's")
            require(!isFlushing || intake.consumed > 0, "a stack that flushes has consumed")
            context.output.removeAll()
        }
        require(
            end - start <= maximumHeld, "\(end - start) bytes are held, of \(maximumHeld) at most")
    }
    return start
}
