import NIOCore

/// The sink on one channel: replies are collected while there is something to read, and leave
/// together.
final class SinkHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var dialogue = NIODialogue()
    private var goesOn = true
    /// The beginning of a command; most reads leave none.
    private var unfinished: ByteBuffer?
    /// Its storage is used again once it has been written.
    private var replies = ByteBuffer()

    func channelActive(context: ChannelHandlerContext) {
        replies.writeStaticString("220 nio.example ESMTP\r\n")
        flush(context)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard goesOn else { return }
        var input = unwrapInboundIn(data)
        if var whole = unfinished.take() {
            whole.writeBuffer(&input)
            input = whole
        }
        goesOn = dialogue.read(&input, replies: &replies)
        if goesOn && input.readableBytes > 0 { unfinished = input }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        flush(context)
        if !goesOn { context.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func flush(_ context: ChannelHandlerContext) {
        guard replies.readableBytes > 0 else { return }
        context.writeAndFlush(wrapOutboundOut(replies), promise: nil)
        replies.clear()
    }
}
