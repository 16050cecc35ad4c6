#include "text/template.hpp"

#include "text/strings.hpp"
#include "text/try.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace pr_image::text {

namespace {

constexpr std::string_view kWhiteSpace = " \t\r\n\v\f";

std::unexpected<Error> bad_template(std::string_view place, std::string_view why, std::string fix = {}) {
    return fail("Invalid template", fmt::format("'{}' {}", printable(place), why), std::move(fix));
}

/// What stands between two braces, with the marks that Handlebars puts at its ends taken off.
struct Mustache {
    std::string content;
    char sigil = '\0';  ///< `#`, `/`, `!` or none
    bool trim_before = false;
    bool trim_after = false;
    std::size_t length = 0;  ///< of all of it, braces included
};

/// Reads the one that `text`, which begins with `{{`, starts with.
Result<Mustache> read_tag(std::string_view text) {
    const auto unclosed = [&] {
        return bad_template(text.substr(0, 60), "does not close", "Close it with }}.");
    };
    Mustache tag;
    if (text.starts_with("{{!--") || text.starts_with("{{~!--")) {
        const std::size_t dashes = text.find("--}}");
        const std::size_t tilde = text.find("--~}}");
        const std::size_t end = std::min(dashes, tilde);
        if (end == std::string_view::npos) return unclosed();
        tag.sigil = '!';
        tag.trim_before = text[2] == '~';
        tag.trim_after = end == tilde;
        tag.length = end + (tag.trim_after ? 5 : 4);
        return tag;
    }
    const bool triple = text.starts_with("{{{");
    const std::string_view closing = triple ? "}}}" : "}}";
    std::size_t at = triple ? 3 : 2;
    const std::size_t begin = at;
    char quote = '\0';
    const bool comment = text.substr(at).starts_with('!') || text.substr(at).starts_with("~!");
    while (at < text.size() && (quote != '\0' || !text.substr(at).starts_with(closing))) {
        if (quote != '\0') {
            if (text[at] == '\\' && text.substr(at + 1).starts_with(quote)) {
                ++at;
            } else if (text[at] == quote) {
                quote = '\0';
            }
        } else if (!comment && (text[at] == '"' || text[at] == '\'')) {
            quote = text[at];
        }
        ++at;
    }
    if (at >= text.size()) return unclosed();
    std::string_view content = text.substr(begin, at - begin);
    tag.length = at + closing.size();
    if (content.starts_with('~')) {
        tag.trim_before = true;
        content.remove_prefix(1);
    }
    if (content.ends_with('~')) {
        tag.trim_after = true;
        content.remove_suffix(1);
    }
    if (!content.empty() && std::string_view("#/!").contains(content.front())) {
        tag.sigil = content.front();
        content.remove_prefix(1);
    } else if (content.starts_with('&')) {
        content.remove_prefix(1);
    }
    tag.content = trim(content);
    return tag;
}

/// Reads one quoted text or bare word off the front.
Result<Template::Argument> take_argument(std::string_view& text, std::string_view whole) {
    if (text.starts_with('"') || text.starts_with('\'')) {
        const char quote = text.front();
        std::string value;
        std::size_t at = 1;
        while (at < text.size() && text[at] != quote) {
            if (text[at] == '\\' && at + 1 < text.size() && text[at + 1] == quote) ++at;
            value += text[at++];
        }
        if (at >= text.size()) return bad_template(whole, "has a quote that does not close");
        text.remove_prefix(at + 1);
        return Template::Argument{std::move(value), true};
    }
    const std::size_t end = std::min(text.find_first_of(" \t\r\n\v\f='\""), text.size());
    if (end == 0) return bad_template(whole, "is not understood");
    Template::Argument argument{std::string(text.substr(0, end)), false};
    constexpr std::string_view kForbidden = "#%&()*+,;<>@[]^`{|}~!";
    if (argument.text.find_first_of(kForbidden) != std::string::npos) {
        return bad_template(whole,
                            fmt::format("contains '{}', which is not understood", printable(argument.text)));
    }
    text.remove_prefix(end);
    return argument;
}

Result<Template::Expression> parse_expression(const std::string& content) {
    const std::string whole = fmt::format("{{{{{}}}}}", content);
    std::string_view rest = trim(content);
    if (rest.empty()) return bad_template(whole, "has no name in it");
    TRY_ASSIGN(Template::Argument name, take_argument(rest, whole));
    if (name.quoted) return bad_template(whole, "has no name in it");
    Template::Expression expression{.name = name.text, .arguments = {}, .options = {}};
    while (!rest.empty()) {
        if (!kWhiteSpace.contains(rest.front())) return bad_template(whole, "is not understood");
        rest = trim(rest);
        TRY_ASSIGN(Template::Argument argument, take_argument(rest, whole));
        if (!rest.starts_with('=')) {
            if (!expression.options.empty()) {
                return bad_template(whole, "has a value behind an option", "Put name=value at the end.");
            }
            expression.arguments.push_back(std::move(argument));
            continue;
        }
        if (argument.quoted) return bad_template(whole, "has an option whose name is in quotes");
        rest.remove_prefix(1);
        if (rest.empty()) return bad_template(whole, "has an option without a value");
        TRY_ASSIGN(Template::Argument value, take_argument(rest, whole));
        expression.options.emplace_back(argument.text, std::move(value));
    }
    return expression;
}

}  // namespace

class Template::Parser {
  public:
    explicit Parser(std::string_view text) : rest_(text) {}

    /// Reads nodes up to the end, or up to the `{{else}}` or `{{/block}}` that `block` ends with.
    Result<std::vector<Node>> read(std::string_view block) {
        std::vector<Node> nodes;
        if (depth_ > kDeepest) return bad_template(rest_.substr(0, 60), "is nested too deeply");
        for (;;) {
            read_text(nodes);
            if (rest_.empty()) break;
            TRY_ASSIGN(Mustache tag, read_tag(rest_));
            const std::string_view shown = rest_.substr(0, tag.length);
            if (tag.trim_before) trim_end(nodes);
            rest_.remove_prefix(tag.length);
            if (tag.trim_after) {
                rest_.remove_prefix(std::min(rest_.find_first_not_of(kWhiteSpace), rest_.size()));
            }
            if (tag.sigil == '!') continue;
            const bool is_else = tag.sigil == '\0' && (tag.content == "else" || tag.content == "^");
            if (is_else || tag.sigil == '/') {
                if (block.empty() || (tag.sigil == '/' && tag.content != block)) {
                    return bad_template(shown, "closes nothing that is open");
                }
                ended_by_else_ = is_else;
                return nodes;
            }
            TRY_ASSIGN(Node node,
                       tag.sigil == '#' ? read_block(tag.content, shown) : read_value(tag.content));
            nodes.push_back(std::move(node));
        }
        if (!block.empty()) {
            return bad_template(fmt::format("{{{{#{}}}}}", block), "does not close",
                                fmt::format("Close it with {{{{/{}}}}}.", block));
        }
        return nodes;
    }

  private:
    static constexpr int kDeepest = 32;

    static void trim_end(std::vector<Node>& nodes) {
        if (nodes.empty() || nodes.back().kind != Node::Kind::text) return;
        std::string& text = nodes.back().text;
        text.resize(text.find_last_not_of(kWhiteSpace) + 1);
    }

    /// Reads up to the next tag. `\{{…}}` is text, `\\{{` a backslash and a tag.
    void read_text(std::vector<Node>& nodes) {
        std::string text;
        for (;;) {
            const std::size_t open = std::min(rest_.find("{{"), rest_.size());
            text += rest_.substr(0, open);
            rest_.remove_prefix(open);
            if (rest_.empty() || !text.ends_with('\\')) break;
            text.pop_back();
            if (text.ends_with('\\')) break;
            const std::size_t end = std::min(rest_.find("{{", 2), rest_.size());
            text += rest_.substr(0, end);
            rest_.remove_prefix(end);
        }
        if (!text.empty()) nodes.push_back({.kind = Node::Kind::text, .text = std::move(text)});
    }

    static Result<Node> read_value(const std::string& content) {
        TRY_ASSIGN(Expression expression, parse_expression(content));
        return Node{.kind = Node::Kind::value, .text = {}, .expression = std::move(expression)};
    }

    Result<Node> read_block(const std::string& content, std::string_view shown) {
        TRY_ASSIGN(Expression expression, parse_expression(content));
        const bool when = expression.name == "if";
        const bool one_name = expression.arguments.size() == 1 && !expression.arguments.front().quoted &&
                              expression.options.empty();
        if ((!when && expression.name != "unless") || !one_name) {
            return bad_template(shown, "is not a block that is known",
                                "Use {{#if name}} or {{#unless name}}.");
        }
        Node node{.kind = when ? Node::Kind::when : Node::Kind::unless};
        node.expression.name = expression.arguments.front().text;
        ++depth_;
        TRY_ASSIGN(node.body, read(expression.name));
        if (ended_by_else_) {
            TRY_ASSIGN(node.otherwise, read(expression.name));
            if (ended_by_else_) return bad_template(shown, "has two {{else}}");
        }
        --depth_;
        return node;
    }

    std::string_view rest_;
    bool ended_by_else_ = false;
    int depth_ = 0;
};

Result<Template> Template::parse(std::string_view text) {
    Parser parser(text);
    TRY_ASSIGN(std::vector<Node> nodes, parser.read({}));
    Template parsed;
    parsed.nodes_ = std::move(nodes);
    return parsed;
}

void Template::collect(const std::vector<Node>& nodes, std::vector<Expression>& found) {
    for (const Node& node : nodes) {
        if (node.kind != Node::Kind::text) found.push_back(node.expression);
        collect(node.body, found);
        collect(node.otherwise, found);
    }
}

std::vector<Template::Expression> Template::expressions() const {
    std::vector<Expression> found;
    collect(nodes_, found);
    return found;
}

Result<void> Template::render(const std::vector<Node>& nodes, const Values& values, std::string& out) {
    for (const Node& node : nodes) {
        if (node.kind == Node::Kind::text) {
            out += node.text;
            continue;
        }
        TRY_ASSIGN(std::string value, values(node.expression));
        if (node.kind == Node::Kind::value) {
            out += value;
            continue;
        }
        const bool holds = (!value.empty() && value != "false") == (node.kind == Node::Kind::when);
        Result<void> rendered = render(holds ? node.body : node.otherwise, values, out);
        if (!rendered) return rendered;
    }
    return {};
}

Result<std::string> Template::render(const Values& values) const {
    std::string out;
    TRY(render(nodes_, values, out));
    return out;
}

}  // namespace pr_image::text
