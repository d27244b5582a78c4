// swift-tools-version: 6.3
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

/// Stacks of one's own.
let stacks = ["BlackHole", "Tarpit", "Chaos", "LMTP", "Transcript", "XCLIENT", "Relay"]
/// Fakes that have rules.
let fakes = ["Greylisting", "MailboxFull", "SizeLie"]
let tests = ["CaptureTests", "AttachmentTests", "ClosureTests"]

func products(_ names: String...) -> [Target.Dependency] {
    names.map { .product(name: $0, package: "blackhole") }
}

/// All that lies in this folder but one file.
func all(but name: String) -> [String] {
    (stacks + fakes + tests).filter { $0 != name }.map { "\($0).swift" } + [
        "README.md", "Trials",
    ]
}

func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies, path: ".", exclude: all(but: name),
        sources: ["\(name).swift"], swiftSettings: strict)
}

let package = Package(
    name: "Examples",
    dependencies: [.package(name: "blackhole", path: "..")],
    targets: stacks.map { program($0, products("BlackholePipeline", "BlackholeSMTP")) }
        + fakes.map { program($0, products("SMTPTesting")) }
        + tests.map {
            .testTarget(
                name: $0, dependencies: products("SMTPTesting"), path: ".", exclude: all(but: $0),
                sources: ["\($0).swift"], swiftSettings: strict)
        }
)
