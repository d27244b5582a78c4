// swift-tools-version: 6.3
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

/// Only what the program needs: whoever depends on a library resolves none of it.
let inProgram = TargetDependencyCondition.when(traits: ["Program"])

/// The files of the console's page, which are part of the program.
let page = [
    "api.js",
    "browser.js",
    "chart.js",
    "dom.js",
    "editor.js",
    "filters.js",
    "format.js",
    "frame.js",
    "icon.svg",
    "index.html",
    "list.js",
    "main.js",
    "message.js",
    "messages.js",
    "now.js",
    "report.js",
    "rules.js",
    "sessions.js",
    "stream.js",
    "style.css",
    "tabs.js",
    "theme.js",
    "why.js",
].map { Resource.embedInCode("Page/\($0)") }

let package = Package(
    name: "blackhole",
    products: [
        .executable(name: "blackhole", targets: ["blackhole"]),
        .library(name: "BlackholePipeline", targets: ["BlackholePipeline"]),
        .library(name: "BlackholeTLS", targets: ["BlackholeTLS"]),
        .library(name: "BlackholeSMTP", targets: ["BlackholeSMTP"]),
        .library(name: "SMTPTesting", targets: ["SMTPTesting"]),
        // Only for the nested package Fuzz/; nobody else builds any of it.
        .library(name: "_BlackholeFuzzBodies", targets: ["BlackholeFuzzBodies"]),
    ],
    traits: [
        .trait(name: "Program", description: "The program blackhole, beside the libraries.")
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    ],
    targets: [
        .target(name: "BlackholeCLinux", path: "Sources/CLinux"),
        .target(
            name: "BlackholePipeline", dependencies: ["BlackholeCLinux"],
            path: "Sources/Pipeline", swiftSettings: strict),
        .systemLibrary(
            name: "BlackholeCOpenSSL", path: "Sources/COpenSSL", providers: [.apt(["libssl-dev"])]),
        .target(
            name: "BlackholeTLS", dependencies: ["BlackholePipeline", "BlackholeCOpenSSL"],
            path: "Sources/TLS", swiftSettings: strict),
        .target(
            name: "BlackholeSMTP", dependencies: ["BlackholePipeline"], path: "Sources/SMTP",
            swiftSettings: strict),
        .target(
            name: "BlackholeHTTP", dependencies: ["BlackholePipeline"], path: "Sources/HTTP",
            swiftSettings: strict),
        .systemLibrary(
            name: "BlackholeCZlib", path: "Sources/CZlib", providers: [.apt(["zlib1g-dev"])]),
        .target(
            name: "BlackholeGzip", dependencies: ["BlackholeHTTP", "BlackholeCZlib"],
            path: "Sources/Gzip", swiftSettings: strict),
        .target(
            name: "BlackholeRules", dependencies: ["BlackholePipeline", "BlackholeSMTP"],
            path: "Sources/Rules", swiftSettings: strict),
        .target(
            name: "BlackholeInbox",
            dependencies: ["BlackholePipeline", "BlackholeTLS", "BlackholeSMTP"],
            path: "Sources/Inbox", swiftSettings: strict),
        .target(
            name: "BlackholeConsole",
            dependencies: [
                "BlackholePipeline", "BlackholeCOpenSSL", "BlackholeTLS", "BlackholeSMTP",
                "BlackholeRules", "BlackholeInbox", "BlackholeHTTP", "BlackholeGzip",
            ],
            path: "Sources/Console", resources: page + [.embedInCode("openapi.json")],
            swiftSettings: strict),
        .target(
            name: "SMTPTesting",
            dependencies: [
                "BlackholePipeline", "BlackholeTLS", "BlackholeSMTP", "BlackholeRules",
                "BlackholeInbox",
            ],
            swiftSettings: strict),
        .target(
            name: "BlackholeSink",
            dependencies: ["BlackholePipeline", "BlackholeSMTP", "BlackholeRules"],
            path: "Sources/Sink", swiftSettings: strict),
        .target(
            name: "BlackholeDaemon", dependencies: ["BlackholeCLinux"], path: "Sources/Daemon",
            swiftSettings: strict),
        .executableTarget(
            name: "blackhole",
            dependencies: [
                "BlackholeCLinux", "BlackholePipeline", "BlackholeTLS", "BlackholeSMTP",
                "BlackholeRules", "BlackholeHTTP", "BlackholeConsole", "BlackholeSink",
                "BlackholeDaemon",
                .product(
                    name: "ArgumentParser", package: "swift-argument-parser",
                    condition: inProgram),
                .product(name: "Logging", package: "swift-log", condition: inProgram),
            ],
            path: "Sources/App", swiftSettings: strict
        ),
        .target(
            name: "BlackholeFuzzBodies",
            dependencies: [
                "BlackholePipeline", "BlackholeTLS", "BlackholeSMTP", "BlackholeRules",
                "BlackholeInbox", "SMTPTesting", "BlackholeSink", "BlackholeRuleScenarios",
                "BlackholeHTTP", "BlackholeCOpenSSL",
            ],
            path: "Fuzz/Sources/FuzzBodies", swiftSettings: strict
        ),
        .target(
            name: "BlackholeTestSupport", dependencies: ["BlackholePipeline"],
            path: "Tests/TestSupport", swiftSettings: strict),
        .target(
            name: "BlackholeRuleScenarios",
            dependencies: ["BlackholePipeline", "BlackholeSMTP", "BlackholeRules"],
            path: "Tests/RuleScenarios", swiftSettings: strict),
        .target(
            name: "BlackholeSimulation",
            dependencies: [
                "BlackholePipeline", "BlackholeSMTP", "BlackholeRules", "BlackholeRuleScenarios",
            ],
            path: "Tests/Simulation", swiftSettings: strict),
        .executableTarget(
            name: "BlackholeSimulate", dependencies: ["BlackholeSimulation"],
            path: "Tests/Simulate", swiftSettings: strict),
        .executableTarget(
            name: "BlackholeReadMessage", dependencies: ["BlackholePipeline", "BlackholeInbox"],
            path: "Tests/ReadMessage", swiftSettings: strict),
        .testTarget(
            name: "SimulationTests", dependencies: ["BlackholeSimulation"], swiftSettings: strict),
        .testTarget(
            name: "PipelineTests", dependencies: ["BlackholePipeline", "BlackholeTestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "SMTPTests",
            dependencies: ["BlackholePipeline", "BlackholeSMTP", "BlackholeTestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "RulesTests",
            dependencies: [
                "BlackholePipeline", "BlackholeSMTP", "BlackholeRules", "BlackholeRuleScenarios",
                "BlackholeTestSupport",
            ],
            exclude: ["Cases"], swiftSettings: strict),
        .testTarget(
            name: "InboxTests",
            dependencies: [
                "BlackholePipeline", "BlackholeInbox", "BlackholeReadMessage",
                "BlackholeTestSupport",
            ],
            exclude: ["Cases", "Agreement"], swiftSettings: strict),
        .testTarget(
            name: "ConsoleTests",
            dependencies: [
                "BlackholePipeline", "BlackholeTLS", "BlackholeSMTP", "BlackholeRules",
                "BlackholeInbox", "BlackholeHTTP", "BlackholeConsole", "BlackholeTestSupport",
            ],
            exclude: ["Page", "Cases", "Checks"], swiftSettings: strict),
        .testTarget(
            name: "TLSTests",
            dependencies: [
                "BlackholePipeline", "BlackholeTLS", "BlackholeSMTP", "BlackholeTestSupport",
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "BlackholeHTTPServer",
            dependencies: [
                "BlackholePipeline", "BlackholeTLS", "BlackholeHTTP", "BlackholeGzip",
            ],
            path: "Tests/HTTPServer", swiftSettings: strict),
        .testTarget(
            name: "HTTPTests",
            dependencies: [
                "BlackholePipeline", "BlackholeHTTP", "BlackholeGzip", "BlackholeHTTPServer",
                "BlackholeTestSupport",
            ],
            exclude: ["Clients"], swiftSettings: strict),
        .testTarget(
            name: "SinkTests",
            dependencies: [
                "BlackholePipeline", "BlackholeSMTP", "BlackholeRules", "BlackholeSink",
                "BlackholeFuzzBodies",
                "BlackholeTestSupport",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "SMTPTestingTests",
            dependencies: [
                "SMTPTesting", "BlackholePipeline", "BlackholeSMTP", "BlackholeInbox",
                "BlackholeTestSupport",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "DocumentationTests",
            dependencies: [
                "BlackholePipeline", "BlackholeTLS", "BlackholeSMTP", "BlackholeRules",
                "SMTPTesting", "BlackholeTestSupport",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "DaemonTests",
            dependencies: ["BlackholePipeline", "BlackholeDaemon", "BlackholeTestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "FuzzTests", dependencies: ["BlackholeFuzzBodies"], swiftSettings: strict),
        .testTarget(
            name: "AppTests",
            dependencies: [
                "blackhole", "BlackholePipeline", "BlackholeTLS", "BlackholeSMTP",
                "BlackholeRules", "BlackholeConsole", "BlackholeSink", "BlackholeTestSupport",
            ],
            exclude: ["Clients", "Support/malloc-count.c"],
            swiftSettings: strict
        ),
    ]
)
