// swift-tools-version: 6.3
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

let programs = [
    "BlackHole", "Greylisting", "MailboxFull", "Tarpit", "Chaos", "SizeLie", "LMTP",
    "Transcript", "XCLIENT",
]
let tests = "CaptureTests"

func products(_ names: String...) -> [Target.Dependency] {
    names.map { .product(name: $0, package: "blackhole") }
}

/// All that lies in this folder but one file.
func all(but name: String) -> [String] {
    (programs + [tests]).filter { $0 != name }.map { "\($0).swift" } + ["README.md", "Trials"]
}

let package = Package(
    name: "Examples",
    dependencies: [.package(name: "blackhole", path: "..")],
    targets: programs.map { name in
        .executableTarget(
            name: name, dependencies: products("BlackholePipeline", "BlackholeSMTP"), path: ".",
            exclude: all(but: name), sources: ["\(name).swift"], swiftSettings: strict)
    } + [
        .testTarget(
            name: tests, dependencies: products("SMTPTesting"), path: ".",
            exclude: all(but: tests), sources: ["\(tests).swift"], swiftSettings: strict)
    ]
)
