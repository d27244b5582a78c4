// swift-tools-version: 6.3
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

let package = Package(
    name: "blackhole",
    products: [
        .executable(name: "blackhole", targets: ["App"]),
        .library(name: "Pipeline", targets: ["Pipeline"]),
        .library(name: "TLS", targets: ["TLS"]),
        .library(name: "SMTP", targets: ["SMTP"]),
        .library(name: "SMTPTesting", targets: ["SMTPTesting"]),
        // For the nested package Fuzz/ alone; whoever does not name it builds nothing of it.
        .library(name: "_FuzzBodies", targets: ["FuzzBodies"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    ],
    targets: [
        .target(name: "CLinux"),
        .target(name: "Pipeline", dependencies: ["CLinux"], swiftSettings: strict),
        .systemLibrary(name: "COpenSSL", providers: [.apt(["libssl-dev"])]),
        .target(name: "TLS", dependencies: ["Pipeline", "COpenSSL"], swiftSettings: strict),
        .target(name: "SMTP", dependencies: ["Pipeline"], swiftSettings: strict),
        .target(
            name: "SMTPTesting", dependencies: ["Pipeline", "TLS", "SMTP"], swiftSettings: strict),
        .target(name: "Sink", dependencies: ["Pipeline", "SMTP"], swiftSettings: strict),
        .target(name: "Daemon", dependencies: ["CLinux"], swiftSettings: strict),
        .executableTarget(
            name: "App",
            dependencies: [
                "CLinux", "Pipeline", "TLS", "SMTP", "Sink", "Daemon",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "FuzzBodies",
            dependencies: ["Pipeline", "TLS", "SMTP", "SMTPTesting", "Sink"],
            path: "Fuzz/Sources/FuzzBodies", swiftSettings: strict
        ),
        .target(
            name: "TestSupport", dependencies: ["Pipeline"], path: "Tests/TestSupport",
            swiftSettings: strict),
        .target(
            name: "Simulation", dependencies: ["Pipeline", "SMTP"], path: "Tests/Simulation",
            swiftSettings: strict),
        .executableTarget(
            name: "Simulate", dependencies: ["Simulation"], path: "Tests/Simulate",
            swiftSettings: strict),
        .testTarget(
            name: "SimulationTests", dependencies: ["Simulation"], swiftSettings: strict),
        .testTarget(
            name: "PipelineTests", dependencies: ["Pipeline", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "SMTPTests", dependencies: ["Pipeline", "SMTP", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "TLSTests", dependencies: ["Pipeline", "TLS", "SMTP", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "SinkTests", dependencies: ["Pipeline", "SMTP", "Sink", "FuzzBodies"],
            swiftSettings: strict),
        .testTarget(
            name: "SMTPTestingTests",
            dependencies: ["SMTPTesting", "Pipeline", "SMTP", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "DocumentationTests",
            dependencies: ["Pipeline", "TLS", "SMTP", "SMTPTesting", "TestSupport"],
            swiftSettings: strict),
        .testTarget(name: "DaemonTests", dependencies: ["Daemon"], swiftSettings: strict),
        .testTarget(name: "FuzzTests", dependencies: ["FuzzBodies"], swiftSettings: strict),
        .testTarget(
            name: "AppTests",
            dependencies: ["App", "Pipeline", "TLS", "SMTP", "Sink", "TestSupport"],
            exclude: ["Clients", "Support/malloc-count.c"],
            swiftSettings: strict
        ),
    ]
)
