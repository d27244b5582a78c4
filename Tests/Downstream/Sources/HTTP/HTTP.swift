/// A module of the stranger's, which has a name that a module here might want.
package enum HTTPModule { package static let name = "HTTP" }
