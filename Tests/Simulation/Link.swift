import BlackholePipeline

/// One direction of a connection: the first bytes have arrived, the rest is on its way.
struct Stream {
    var bytes = WireQueue()
    var arrived = 0
    /// Bytes that the writer and the reader hold together at the most.
    var capacity: Int
    /// When the last of what is on its way arrives: nothing overtakes.
    var lastArrival = Instant(nanoseconds: 0)
    /// The writer has ended the stream, and the reader can know.
    var hasEnded = false
    var hasEndArrived = false
    /// The writer found no room, and hears of it when there is some.
    var lacksRoom = false

    var room: Int { capacity - bytes.count }
}

/// A connection as the network sees it.
struct Link {
    /// Why a client may miss what the server has said.
    enum Loss {
        case none
        /// The server asked for a reset.
        case asked
        /// The server closed while bytes were on their way to it, which it could not know.
        case crossing
    }

    enum State { case unborn, backlog, open, closed }

    let delay: Int
    /// What bytes are combined with on their way.
    let mask: UInt8
    var toServer: Stream
    var toClient: Stream
    /// Which listener it goes to; −1 for one that the loop has started.
    var listener: Int

    // The server's end.
    var state = State.unborn
    var descriptor: Int32 = -1
    var token: UInt64 = 0
    var isWatched = false
    var watchesWriting = false
    /// It is among those that the next wait tells of, and of which news.
    var isPoked = false
    var news = Bits()
    /// Bytes that have arrived since the last event that told of bytes.
    var untold = 0
    /// From how many bytes on it is readable.
    var readMark = 1
    var error: Int32 = 0
    var isReset = false
    var corked = 0
    var corks: Int32 = 0
    /// The last send was cut short: more is to come.
    var isStuffed = false
    /// When the server said that it would send no more.
    var endTime = Instant.never
    /// An error was played: the server may break the connection off.
    var isFaulted = false
    var isConnecting = false
    var loss = Loss.none
    /// The server closed because a time was over: replies may be missing.
    var wasCutOff = false

    // The client's end.
    var hasClientClosed = false
    var isClientReset = false

    /// What a descriptor is ready for.
    struct Bits: OptionSet {
        var rawValue: UInt8 = 0
        static let readable = Bits(rawValue: 1)
        static let writable = Bits(rawValue: 2)
        static let hungUp = Bits(rawValue: 4)
    }

    /// What the server's end is ready for now.
    var bits: Bits {
        var bits = Bits()
        if isReset {
            return watchesWriting ? [.readable, .hungUp, .writable] : [.readable, .hungUp]
        }
        if isConnecting { return bits }
        if toServer.arrived >= readMark { bits.insert(.readable) }
        if toServer.hasEndArrived { bits.formUnion([.readable, .hungUp]) }
        if watchesWriting, isRoomy { bits.insert(.writable) }
        return bits
    }

    /// Linux tells of room when a third is free.
    var isRoomy: Bool { toClient.room * 3 >= toClient.capacity }
}
