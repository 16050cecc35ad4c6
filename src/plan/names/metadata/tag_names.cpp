#include "plan/names/metadata/tag_names.hpp"

#include "plan/names/metadata/expressions.hpp"
#include "plan/names/metadata/pep440.hpp"
#include "plan/names/metadata/semver.hpp"
#include "text/strings.hpp"
#include "text/try.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

namespace pr_image::plan::metadata {

using text::printable;
using text::Regex;
using text::Template;

namespace {

/// What one rule yields before prefix and suffix.
struct Yield {
    std::string text;
    bool latest = false;  ///< what `latest=auto` means for it
};

using Yielded = Result<std::optional<Yield>>;

/// Gives `text` with every run of characters that no tag has as one `-`.
std::string sanitised(std::string_view text) {
    std::string clean;
    bool in_run = false;
    for (const char c : text) {
        const bool allowed = text::is_word(c) || c == '.' || c == '-';
        if (allowed) clean += c;
        if (!allowed && !in_run) clean += '-';
        in_run = !allowed;
    }
    return clean;
}

class Evaluation {
  public:
    Evaluation(const Flavor& flavor, const Context& context) : flavor_(flavor), context_(context) {}

    Result<TagNames> run(const std::vector<Rule>& rules) {
        for (const Rule& rule : rules) {
            TRY(apply(rule));
        }
        if (latest_.value_or(false) && !names_.tags.empty()) {
            TRY(add_latest());
        }
        return std::move(names_);
    }

  private:
    Result<void> apply(const Rule& rule) {
        Result<std::string> enabled = render(rule.enable, context_);
        if (!enabled) return rule.record.refuse(enabled.error());
        if (*enabled == "false") return {};
        if (*enabled != "true") {
            return rule.record.refuse(fmt::format("enable is '{}'", printable(*enabled)),
                                      "Use true or false.");
        }
        Yielded yielded = yield(rule);
        if (!yielded) return rule.record.refuse(yielded.error());
        if (!*yielded) return {};
        Result<std::string> whole = with_affixes(rule, (*yielded)->text);
        if (!whole) return rule.record.refuse(whole.error());
        if (whole->empty()) return {};
        Result<bool> added = add(*whole, rule.image);
        if (!added) return rule.record.refuse(added.error());
        if (*added && !latest_) {
            TRY_ASSIGN(bool latest, decide_latest(rule, (*yielded)->latest));
            latest_ = latest;
        }
        return {};
    }

    Result<bool> decide_latest(const Rule& rule, bool by_type) const {
        Latest wish = rule.latest;
        if (wish == Latest::automatic) {
            Result<std::string> rendered = render(flavor_.latest, context_);
            Result<Latest> parsed = rendered ? parse_latest(*rendered) : std::unexpected(rendered.error());
            if (!parsed) return text::fail("Invalid input 'flavor'", parsed.error().why, parsed.error().fix);
            wish = *parsed;
        }
        return wish == Latest::automatic ? by_type : wish == Latest::yes;
    }

    Result<std::string> with_affixes(const Rule& rule, const std::string& text) const {
        Result<std::string> prefix = render(rule.prefix.value_or(flavor_.prefix), context_);
        if (!prefix) return prefix;
        Result<std::string> suffix = render(rule.suffix.value_or(flavor_.suffix), context_);
        if (!suffix) return suffix;
        return *prefix + text + *suffix;
    }

    Result<void> add_latest() {
        const auto affix = [&](const Template& parsed, bool wanted) -> Result<std::string> {
            return wanted ? render(parsed, context_) : std::string();
        };
        Result<std::string> prefix = affix(flavor_.prefix, flavor_.prefix_on_latest);
        Result<std::string> suffix = affix(flavor_.suffix, flavor_.suffix_on_latest);
        for (const Result<std::string>* part : {&prefix, &suffix}) {
            if (!*part) return text::fail("Invalid input 'flavor'", part->error().why, part->error().fix);
        }
        Result<bool> added = add(*prefix + "latest" + *suffix, std::nullopt);
        if (!added) return text::fail("Invalid input 'flavor'", added.error().why, added.error().fix);
        return {};
    }

    /// Gives false when nothing is left of the text that a tag could be.
    Result<bool> add(const std::string& text, const std::optional<ImageName>& image) {
        std::string name = sanitised(text);
        if (name.front() == '-' || name.front() == '.') {
            const std::size_t first = name.find_first_not_of("-.");
            const std::string usable = first == std::string::npos ? std::string() : name.substr(first);
            names_.remarks.push_back(
                usable.empty() ? fmt::format("'{}' leaves nothing that a tag could be.", printable(text))
                               : fmt::format("'{}' becomes the tag {}: a tag cannot start with '{}'.",
                                             printable(text), usable, name.front()));
            if (usable.empty()) return false;
            name = usable;
        }
        Result<Tag> tag = Tag::parse(name);
        if (!tag) {
            return text::fail(
                "Invalid tag",
                fmt::format("it yields '{}', which has {} characters", printable(name), name.size()),
                "A tag has at most 128 characters.");
        }
        const NamedTag named{*std::move(tag), image};
        if (std::ranges::find(names_.tags, named) == names_.tags.end()) names_.tags.push_back(named);
        return true;
    }

    Yielded yield(const Rule& rule) {
        switch (rule.type) {
            case RuleType::schedule:
                return yield_schedule(rule);
            case RuleType::semver:
                return yield_semver(rule);
            case RuleType::pep440:
                return yield_pep440(rule);
            case RuleType::match:
                return yield_match(rule);
            case RuleType::edge:
                return yield_edge(rule);
            case RuleType::ref:
                return yield_ref(rule);
            case RuleType::raw:
                return yield_template(*rule.value);
            case RuleType::sha:
                if (context_.sha.empty()) return std::nullopt;
                return Yield{rule.long_sha ? context_.sha
                                           : context_.sha.substr(0, context_.short_sha_length)};
        }
        return std::nullopt;
    }

    Yielded yield_template(const Template& parsed) const {
        TRY_ASSIGN(std::string text, render(parsed, context_));
        return Yield{std::move(text)};
    }

    Yielded yield_schedule(const Rule& rule) const {
        if (!context_.event_name.contains("schedule")) return std::nullopt;
        return yield_template(rule.pattern);
    }

    /// Gives the value that a rule names, or the git tag; nothing on any other ref.
    [[nodiscard]] Result<std::optional<std::string>> version_source(const Rule& rule) const {
        if (rule.value) {
            TRY_ASSIGN(std::string value, render(*rule.value, context_));
            return value;
        }
        if (!context_.ref.starts_with("refs/tags/")) return std::nullopt;
        return std::string(context_.git_tag());
    }

    void remark_mismatch(const Rule& rule, std::string_view key, std::string_view text) {
        const auto found = std::ranges::find(rule.record.attributes, key, &Attribute::key);
        names_.remarks.push_back(
            fmt::format("{} does not match {}.",
                        printable(found == rule.record.attributes.end() ? std::string_view() : found->value),
                        printable(text)));
    }

    /// Gives the version's text with `match` applied and slashes replaced.
    Result<std::optional<std::string>> version_text(const Rule& rule) {
        Result<std::optional<std::string>> source = version_source(rule);
        if (!source || !*source) return source;
        std::string text = **source;
        if (rule.regex) {
            TRY_ASSIGN(std::optional<Regex::Match> matched, rule.regex->match(text));
            if (matched && (*matched)[1]) {
                text = *(*matched)[1];
            } else {
                remark_mismatch(rule, "match", text);
            }
        }
        return text::replace_all(text, "/", "-");
    }

    /// A git tag may well be no version; a value that stands in the workflow itself is a mistake.
    Yielded not_a_version(const Rule& rule, std::string why, std::string fix) {
        if (rule.value && rule.value->expressions().empty()) {
            return text::fail("Invalid version", std::move(why), std::move(fix));
        }
        names_.remarks.push_back(std::move(why) + ".");
        return std::nullopt;
    }

    static Yielded fill(const Template& pattern, bool latest,
                        const std::vector<std::pair<std::string_view, std::string>>& values) {
        TRY_ASSIGN(std::string text,
                   pattern.render([&](const Template::Expression& expression) -> Result<std::string> {
                       return std::ranges::find(values, expression.name,
                                                &std::pair<std::string_view, std::string>::first)
                           ->second;
                   }));
        return Yield{std::move(text), latest};
    }

    Yielded yield_semver(const Rule& rule) {
        TRY_ASSIGN(std::optional<std::string> text, version_text(rule));
        if (!text) return std::nullopt;
        const std::optional<Semver> version = parse_semver(*text);
        if (!version) {
            return not_a_version(
                rule, fmt::format("{} is not a valid semver (https://semver.org)", printable(*text)),
                "Write major.minor.patch, as 1.2.3 or v1.2.3-rc.1.");
        }
        // What precedes a release changes often and breaks things, so it must not move 1.2 or 1.
        if (!version->pre_release.empty()) return Yield{rule.keeps_raw ? version->raw : version->version()};
        return fill(rule.pattern, true,
                    {{"raw", version->raw},
                     {"version", version->version()},
                     {"major", version->major},
                     {"minor", version->minor},
                     {"patch", version->patch}});
    }

    Yielded yield_pep440(const Rule& rule) {
        TRY_ASSIGN(std::optional<std::string> text, version_text(rule));
        if (!text) return std::nullopt;
        const std::optional<Pep440> version = parse_pep440(*text);
        if (!version) {
            return not_a_version(
                rule,
                fmt::format("{} does not conform to PEP 440 (https://peps.python.org/pep-0440)",
                            printable(*text)),
                "Write for example 1.2.3rc1.");
        }
        if (!version->is_final) return Yield{rule.keeps_raw ? version->raw : version->normal};
        return fill(rule.pattern, true,
                    {{"raw", version->raw},
                     {"version", version->normal},
                     {"major", version->part(0)},
                     {"minor", version->part(1)},
                     {"patch", version->part(2)}});
    }

    Yielded yield_match(const Rule& rule) {
        TRY_ASSIGN(std::optional<std::string> source, version_source(rule));
        if (!source) return std::nullopt;
        TRY_ASSIGN(std::optional<Regex::Match> matched, rule.regex->match(*source));
        if (!matched) {
            remark_mismatch(rule, "pattern", *source);
            return std::nullopt;
        }
        const Regex::Match& groups = *matched;
        if (rule.group >= groups.size() || !groups[rule.group]) {
            names_.remarks.push_back(fmt::format("Group {} of '{}' has no part in {}.", rule.group,
                                                 printable(rule.record.text), printable(*source)));
            return std::nullopt;
        }
        return Yield{*groups[rule.group], true};
    }

    Yielded yield_edge(const Rule& rule) const {
        const std::string_view wanted =
            rule.branch.empty() ? std::string_view(context_.default_branch) : rule.branch;
        if (!context_.ref.starts_with("refs/heads/") || context_.branch() != wanted) return std::nullopt;
        return Yield{"edge"};
    }

    Yielded yield_ref(const Rule& rule) const {
        const std::string_view ref = context_.ref;
        switch (rule.event) {
            case RefKind::branch:
                if (ref.starts_with("refs/heads/")) return Yield{std::string(context_.branch())};
                break;
            case RefKind::tag:
                if (ref.starts_with("refs/tags/")) return Yield{std::string(context_.git_tag()), true};
                break;
            case RefKind::pull_request:
                if (ref.starts_with("refs/pull/")) return Yield{std::string(context_.pull_request())};
                break;
        }
        return std::nullopt;
    }

    const Flavor& flavor_;
    const Context& context_;
    TagNames names_;
    std::optional<bool> latest_;
};

}  // namespace

Result<TagNames> tag_names(const std::vector<Rule>& rules, const Flavor& flavor, const Context& context) {
    return Evaluation(flavor, context).run(rules);
}

}  // namespace pr_image::plan::metadata
