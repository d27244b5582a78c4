/// Whether a handler wants content, as a type.
protocol ContentWish: Sendable {
    static var wantsContent: Bool { get }
}

enum Wanted: ContentWish {
    static var wantsContent: Bool { true }
}

enum Unwanted: ContentWish {
    static var wantsContent: Bool { false }
}
