// swift-tools-version: 6.3
import PackageDescription

/// The stranger's own modules, whose names are anybody's.
let own = [
    "App", "SMTP", "TLS", "Pipeline", "Sink", "Daemon", "Rules", "Inbox", "HTTP", "Console",
    "Settings", "CLinux", "COpenSSL",
]

// What somebody else's package looks like that uses this one: only products, no settings; and one
// test that imports a single module, under the strictest rules for imports.
let package = Package(
    name: "Downstream",
    dependencies: [.package(name: "blackhole", path: "../..")],
    targets: own.map { .target(name: $0) } + [
        .testTarget(
            name: "DownstreamTests",
            dependencies: own.map { .target(name: $0) }
                + ["BlackholePipeline", "BlackholeTLS", "BlackholeSMTP", "SMTPTesting"].map {
                    .product(name: $0, package: "blackhole")
                },
            path: "Tests"),
        .testTarget(
            name: "SideBySideTests",
            dependencies: [.product(name: "SMTPTesting", package: "blackhole")],
            path: "SideBySide", exclude: ["mailer.py", "run.sh", "test_smtpdfix.py"]),
        .testTarget(
            name: "OneImportTests",
            dependencies: [.product(name: "SMTPTesting", package: "blackhole")],
            path: "OneImport",
            swiftSettings: [
                .enableUpcomingFeature("MemberImportVisibility"),
                .enableUpcomingFeature("InternalImportsByDefault"),
            ]),
    ]
)
