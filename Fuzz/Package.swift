// swift-tools-version: 6.3
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

/// A program of one input function; the `main` comes with libFuzzer.
func fuzzer(_ name: String) -> Target {
    .executableTarget(name: name, dependencies: ["FuzzBodies"], swiftSettings: strict)
}

let package = Package(
    name: "Fuzz",
    dependencies: [.package(name: "blackhole", path: "..")],
    targets: [
        .target(
            name: "FuzzBodies",
            dependencies: [
                .product(name: "Pipeline", package: "blackhole"),
                .product(name: "TLS", package: "blackhole"),
                .product(name: "SMTP", package: "blackhole"),
            ],
            swiftSettings: strict
        ),
        fuzzer("FuzzLineFraming"),
        fuzzer("FuzzDataDiscard"),
        fuzzer("FuzzCommand"),
        fuzzer("FuzzSASL"),
        fuzzer("FuzzSession"),
        fuzzer("FuzzTLS"),
        fuzzer("FuzzStartTLS"),
    ]
)
