import BlackholePipeline
import BlackholeSMTP
import BlackholeSink
import Testing

struct CommandWordsTests {
    private let commands: Set = ["start", "run", "status"]

    @Test(
        arguments: [
            ("start", "start"),
            ("--port=25 start", "start --port=25"),
            ("--port 25 start --ssl_port 465", "start --port=25 --ssl_port=465"),
            ("--ssl-port 465 start", "start --ssl_port=465"),
            ("--debug start", "start --debug=True"),
            ("--debug False start", "start --debug=False"),
            ("start --debug", "start --debug=True"),
            ("--lenient --ssl no run", "run --lenient=True --ssl=no"),
            ("run --port -1", "run --port=-1"),
            ("run --port", "run --port"),
            ("run --log=--port", "run --log=--port"),
            ("run --prot 5", "run --prot 5"),
            ("--help run", "run --help"),
            ("-h", "-h"),
            ("run surplus", "run surplus"),
            ("--host= run", "run --host="),
            ("run -- --port 5", "run -- --port 5"),
            ("--pidfile /p status", "status --pid=/p"),
            ("", ""),
            ("--generate-completion-script zsh", "--generate-completion-script zsh"),
            ("rnu --port 5", "rnu --port=5"),
            ("run start", "run start"),
        ] as [(String, String)])
    func `words are put in order`(words: String, ordered: String) {
        let words = words.split(separator: " ").map(String.init)
        #expect(CommandWords.ordered(words, commands: commands).joined(separator: " ") == ordered)
    }
}
