import App
import BlackholePipeline
import BlackholeSMTP
import BlackholeTLS
import CLinux
import COpenSSL
import Console
import Daemon
import HTTP
import Inbox
import Pipeline
import Rules
import SMTP
import SMTPTesting
import Settings
import Sink
import TLS
import Testing

@Test func `a package may have modules of any name beside the libraries`() {
    let names = [
        AppModule.name, SMTPModule.name, TLSModule.name, PipelineModule.name, SinkModule.name,
        DaemonModule.name, RulesModule.name, InboxModule.name, HTTPModule.name, ConsoleModule.name,
        SettingsModule.name, CLinuxModule.name, COpenSSLModule.name,
    ]
    #expect(Set(names).count == 13)
    // One type of each library.
    _ = (Loopback.self, TLSOptions.self, BlackHole.self, SMTPServer.self)
}
