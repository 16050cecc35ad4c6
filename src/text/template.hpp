#pragma once

#include "text/error.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pr_image::text {

/// A text with expressions in it, in the part of Handlebars' syntax that docker's actions are used with:
/// `{{name}}`, `{{name 'text' option='text'}}`, `{{{name}}}`, `{{! comment }}`, `{{~name~}}`, `\{{`, and
/// `{{#if name}}…{{else}}…{{/if}}` or `{{#unless name}}`. Nothing is HTML-escaped.
class Template {
  public:
    /// A value inside an expression: text in quotes, or a bare word.
    struct Argument {
        std::string text;
        bool quoted = false;
    };
    /// What stands between two braces.
    struct Expression {
        std::string name;
        std::vector<Argument> arguments;
        std::vector<std::pair<std::string, Argument>> options;
    };
    /// Gives the text that an expression stands for.
    using Values = std::function<Result<std::string>(const Expression&)>;

    /// An Error shows the place where an expression does not close or has something that is not understood.
    static Result<Template> parse(std::string_view text);

    /// Gives all expressions, in order, those inside blocks too.
    [[nodiscard]] std::vector<Expression> expressions() const;

    /// Gives the text with `values` put in; the first Error of theirs ends it. A block is shown when its
    /// value is neither empty nor `false`.
    [[nodiscard]] Result<std::string> render(const Values& values) const;

  private:
    struct Node {
        enum class Kind { text, value, when, unless } kind = Kind::text;
        std::string text;
        Expression expression;
        std::vector<Node> body;
        std::vector<Node> otherwise;
    };
    class Parser;
    static void collect(const std::vector<Node>& nodes, std::vector<Expression>& found);
    static Result<void> render(const std::vector<Node>& nodes, const Values& values, std::string& out);

    std::vector<Node> nodes_;
};

}  // namespace pr_image::text
