/// A module of the stranger's, which has a name that a module here might want.
public enum PipelineModule { public static let name = "Pipeline" }
