/// A module of the stranger's, which has a name that a module here might want.
public enum AppModule { public static let name = "App" }
