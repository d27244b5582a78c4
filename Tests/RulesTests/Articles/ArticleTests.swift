import BlackholeRuleScenarios
import BlackholeRules
import BlackholeTestSupport
import Testing

/// What a client hears of a server with some rules, asserted.
typealias Play = @Sendable (inout RuleClient) throws -> Void

/// The pages of the documentation: each rule is one, and does what the page says.
@Suite struct ArticleTests {
    private static let pages = (try? RuleArticle.names.map { try RuleArticle($0) }) ?? []
    private static let recipes = (try? RuleArticle("Recipes").sections) ?? []
    private static let examples = (try? RuleArticle.examples) ?? []
    private static let plays = connectionRecipes.merging(messageRecipes) { first, _ in first }

    @Test(arguments: pages.flatMap(\.rules))
    func `a rule of a page is printed as it stands there`(text: String) throws {
        let rule = try Rule(text, allowsFiles: true)
        #expect(rule.description == text)
        #expect(try Rule(rule.description, allowsFiles: true) == rule)
    }

    @Test func `each page shows rules, and only the unusual code of Gmail is warned about`() throws
    {
        #expect(try RuleArticle.names == ["Recipes", "Rules", "TheLanguage"])
        for recipe in Self.recipes {
            var set = RuleSet()
            for rule in recipe.rules { try set.append(rule, from: RuleSource(recipe.title)) }
            let classes = recipe.rules.contains { $0.contains("421 5.7.32") } ? 1 : 0
            #expect(set.warnings.count == classes, "\(set.warnings)")
        }
        for page in Self.pages { #expect(!page.rules.isEmpty) }
    }

    @Test(arguments: recipes.map(\.title))
    func `a recipe does what it says`(title: String) throws {
        let recipe = try #require(Self.recipes.first { $0.title == title })
        let play = try #require(Self.plays[title], "no play of '\(title)'")
        var client = try RuleClient(recipe.rules)
        try play(&client)
    }

    @Test func `each play is of a recipe, and each recipe has one title`() {
        #expect(Set(Self.plays.keys) == Set(Self.recipes.map(\.title)))
        #expect(Self.plays.count == Self.recipes.count)
        #expect(connectionRecipes.count + messageRecipes.count == Self.plays.count)
    }

    @Test(arguments: examples)
    func `an example of the language does what it says`(rule: String) throws {
        let play = try #require(examplePlays[rule], "no play of '\(rule)'")
        var client = try RuleClient([rule])
        try play(&client)
    }

    @Test func `the page has the sixteen examples of the language`() {
        #expect(Self.examples == RuleExamples.all)
        #expect(Set(examplePlays.keys) == Set(Self.examples))
    }
}
