/// A range of offsets into a line, in the form in which the commands store it.
///
/// It exists because `Range` is not `BitwiseCopyable`.
struct Extent: Equatable, BitwiseCopyable, Sendable {
    private let start: Int
    private let end: Int

    init(_ range: Range<Int>) {
        start = range.lowerBound
        end = range.upperBound
    }

    var range: Range<Int> { Range(uncheckedBounds: (start, end)) }
}
