package import BlackholeHTTP

/// Why a request is refused.
package struct Problem: Error, Equatable {
    /// The status of the response.
    package let status: HTTPStatus
    /// What is wrong.
    package let message: String
    /// The line of the body that is wrong, from 1.
    package var line: Int?
    /// The column of that line, from 1.
    package var column: Int?

    package init(_ status: HTTPStatus, _ message: String, line: Int? = nil, column: Int? = nil) {
        self.status = status
        self.message = message
        self.line = line
        self.column = column
    }

    /// The refusal as the console's own paths give it.
    var json: JSON {
        var members: [String: JSON] = ["error": .string(message)]
        if let line { members["line"] = .integer(line) }
        if let column { members["column"] = .integer(column) }
        return .object(members)
    }
}
