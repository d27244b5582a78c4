import BlackholePipeline
import BlackholeRules
import BlackholeSMTP

/// What a seed has chosen: the limits of the loop and the sessions, the network's ways and its faults.
///
/// Each seed goes without some of the faults, and has much of others: what one fault would hide
/// comes to light where it is missing.
package struct SimulationPlan: Sendable {
    var maximumClients: Int
    var loop = LoopLimits()
    var smtp = SMTPLimits()
    /// The rules of some listeners; empty where none has any.
    var rules: [Rule] = []
    /// What is spoken.
    var mail: MailProtocol
    var maximumDescriptors: Int
    /// The most events that one wait tells of.
    var maximumEvents: Int
    /// Whether an event tells all that a descriptor is ready for, as Linux does, or the news alone.
    var tellsAll: Bool
    /// Whether a wait may come back late, as one in whole milliseconds does.
    var isLate: Bool

    // In a million calls.
    var receiveFailure: Int
    var sendFailure: Int
    var sendBlocked: Int
    var shortSend: Int
    var acceptFailure: Int
    var acceptAborted: Int
    var watchFailure: Int
    var interruptedWait: Int
    var strayEvent: Int
    var leap: Int
    /// In a million calls of a stack.
    var doze: Int
    /// In a million steps: a listener is closed, a connection started.
    var closedListener: Int
    var ownConnection: Int
    /// In a million steps: other rules are put in force.
    var newRules: Int

    /// The call that fails, counted from 1 over all that can; and its error.
    var failingCall: (number: Int, error: Int32)?
    var sabotage: Sabotage?

    init(_ dice: inout Dice, maximumClients: Int) {
        self.maximumClients = maximumClients
        maximumDescriptors = dice.below(4) == 0 ? dice.draw(8...max(9, maximumClients)) : 1 << 20
        mail = dice.below(6) == 0 ? .lmtp : .smtp
        maximumEvents = dice.below(3) == 0 ? dice.draw(1...16) : 256
        tellsAll = dice.coin()
        isLate = dice.coin()
        receiveFailure = dice.drawRate(upTo: 5_000)
        sendFailure = dice.drawRate(upTo: 5_000)
        sendBlocked = dice.drawRate(upTo: 200_000)
        shortSend = dice.drawRate(upTo: 200_000)
        acceptFailure = dice.drawRate(upTo: 50_000)
        acceptAborted = dice.drawRate(upTo: 50_000)
        watchFailure = dice.drawRate(upTo: 10_000)
        interruptedWait = dice.drawRate(upTo: 50_000)
        strayEvent = dice.drawRate(upTo: 50_000)
        leap = dice.drawRate(upTo: 300)
        doze = dice.drawRate(upTo: 300_000)
        closedListener = dice.drawRate(upTo: 500)
        ownConnection = dice.drawRate(upTo: 20_000)
        newRules = dice.drawRate(upTo: 1_000)
        if dice.below(3) == 0 { rules = SimulatedRules.draw(&dice) }
        chooseLimits(&dice)
    }

    private mutating func chooseLimits(_ dice: inout Dice) {
        smtp.maximumLineLength = dice.drawWide(512...4096)
        smtp.maximumMessageSize = dice.coin() ? 0 : dice.drawWide(100...50_000)
        smtp.maximumErrorsInRow = dice.drawWide(2...1000)
        smtp.idle = .milliseconds(dice.drawWide(500...300_000))
        loop.maximumConnections =
            dice.below(4) == 0 ? dice.draw(1...max(2, maximumClients)) : 1_000_000
        loop.maximumReadBytes = dice.drawWide(2 * smtp.maximumLineLength...131_072)
        loop.maximumOutputBytes = dice.drawWide(64...65_536)
        loop.farewell = .milliseconds(dice.drawWide(50...30_000))
        loop.linger = .milliseconds(dice.drawWide(20...2_000))
        loop.acceptPause = .milliseconds(dice.drawWide(1...1_000))
        loop.minimumDiscardBytes = Int32(dice.drawWide(1...65_536))
        loop.discardBytesMark = Int32(dice.drawWide(Int(loop.minimumDiscardBytes)...262_144))
    }

    /// The longest that a client can have to wait for an end that is due to it.
    var patience: Duration {
        smtp.idle * 2 + loop.farewell + loop.linger + loop.acceptPause + .seconds(10)
            + (rules.isEmpty ? .zero : SimulatedRules.patience)
    }

    /// Whether rules answer the clients of a listener, anything at any stage.
    func hasRules(_ listener: Int) -> Bool { !rules.isEmpty && listener % 3 != 2 }
}
