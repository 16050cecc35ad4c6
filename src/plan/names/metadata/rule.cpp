#include "plan/names/metadata/rule.hpp"

#include "plan/names/metadata/expressions.hpp"
#include "plan/names/tag_grammar.hpp"
#include "text/number.hpp"
#include "text/strings.hpp"
#include "text/try.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

namespace pr_image::plan::metadata {

using text::printable;
using text::Regex;
using text::Template;

namespace {

/// What is fixed for a type: its name, its default priority and the attributes that only it has.
struct TypeTraits {
    std::string_view name;
    RuleType type;
    double priority;
    std::string_view attributes;  ///< separated by blanks
};

constexpr double kRawPriority = 200;
constexpr std::array<TypeTraits, 8> kTypes{{{"schedule", RuleType::schedule, 1000, "pattern"},
                                            {"semver", RuleType::semver, 900, "pattern value match"},
                                            {"pep440", RuleType::pep440, 900, "pattern value match"},
                                            {"match", RuleType::match, 800, "pattern group value"},
                                            {"edge", RuleType::edge, 700, "branch"},
                                            {"ref", RuleType::ref, 600, "event"},
                                            {"raw", RuleType::raw, kRawPriority, "value"},
                                            {"sha", RuleType::sha, 100, "format"}}};
constexpr std::string_view kCommon = "enable priority prefix suffix latest";

bool is_listed(std::string_view list, std::string_view name) {
    const std::vector<std::string_view> names = text::split(list, ' ');
    return std::ranges::find(names, name) != names.end();
}

class RuleReader {
  public:
    explicit RuleReader(Record record) : record_(std::move(record)) {}

    Result<Rule> read() {
        const TypeTraits* const traits = read_type();
        if (traits != nullptr && check_attributes(*traits)) {
            rule_.type = traits->type;
            rule_.priority = traits->priority;
            read_common();
            read_own();
        }
        if (error_) return std::unexpected(*error_);
        rule_.record = std::move(record_);
        return rule_;
    }

  private:
    void refuse(std::string_view why, std::string fix = {}) {
        if (!error_) error_ = record_.refuse(why, std::move(fix)).error();
    }
    void refuse(const Error& error) { refuse(error.why, error.fix); }

    /// Gives the value of an attribute; a bare value is `value`.
    [[nodiscard]] const std::string* find(std::string_view key) const {
        const auto found = std::ranges::find_if(record_.attributes, [&](const Attribute& attribute) {
            return attribute.key == key || (attribute.key.empty() && key == "value");
        });
        return found == record_.attributes.end() ? nullptr : &found->value;
    }

    const TypeTraits* read_type() {
        const std::string* const name = find("type");
        const auto found =
            std::ranges::find(kTypes, name == nullptr ? std::string_view("raw") : *name, &TypeTraits::name);
        if (found != kTypes.end()) return found;
        std::string names;
        for (const TypeTraits& traits : kTypes)
            names += fmt::format("{}{}", names.empty() ? "" : ", ", traits.name);
        refuse(fmt::format("the type '{}' is not known", printable(*name)),
               fmt::format("Use one of: {}.", names));
        return nullptr;
    }

    bool check_attributes(const TypeTraits& traits) {
        std::vector<std::string_view> seen;
        for (const Attribute& attribute : record_.attributes) {
            const std::string_view key = attribute.key.empty() ? std::string_view("value") : attribute.key;
            if (key != "type" && !is_listed(kCommon, key) && !is_listed(traits.attributes, key)) {
                refuse(attribute.key.empty()
                           ? fmt::format("type={} takes no bare value '{}'", traits.name,
                                         printable(attribute.value))
                           : fmt::format("type={} has no attribute '{}'", traits.name, printable(key)),
                       fmt::format("It has: {}, {}.", text::replace_all(traits.attributes, " ", ", "),
                                   text::replace_all(kCommon, " ", ", ")));
                return false;
            }
            if (std::ranges::find(seen, key) != seen.end()) {
                refuse(fmt::format("the attribute '{}' is there twice", key),
                       "Leave one out; put double quotes around a field whose value has a comma.");
                return false;
            }
            seen.push_back(key);
        }
        return true;
    }

    std::optional<Template> read_template(std::string_view key, Names names) {
        const std::string* const given = find(key);
        if (given == nullptr) return std::nullopt;
        Result<Template> parsed = parse_template(*given, names);
        if (parsed) return *std::move(parsed);
        refuse(parsed.error());
        return std::nullopt;
    }

    void read_common() {
        const std::string* const enable = find("enable");
        if (enable != nullptr && !enable->contains("{{") && *enable != "true" && *enable != "false") {
            refuse(fmt::format("enable is '{}'", printable(*enable)), "Use true or false.");
        }
        rule_.enable = read_template("enable", Names::global).value_or(*Template::parse("true"));
        rule_.prefix = read_template("prefix", Names::global);
        rule_.suffix = read_template("suffix", Names::global);
        if (const std::string* const latest = find("latest")) {
            Result<Latest> parsed = parse_latest(*latest);
            if (!parsed) return refuse(parsed.error());
            rule_.latest = *parsed;
        }
        if (const std::string* const priority = find("priority")) {
            const std::string_view digits =
                std::string_view(*priority).substr(priority->starts_with('+') ? 1 : 0);
            const auto number = text::parse_decimal(digits, -1e15, 1e15);
            if (number) {
                rule_.priority = *number;
            } else {
                refuse(fmt::format("the priority '{}' is not a number", printable(*priority)),
                       "Write for example priority=1000; the highest comes first.");
            }
        }
    }

    void require(std::string_view key, std::string_view example) {
        if (find(key) == nullptr)
            refuse(fmt::format("{} is missing", key), fmt::format("Write {}.", example));
    }

    void read_own() {
        switch (rule_.type) {
            case RuleType::schedule:
                rule_.pattern = read_template("pattern", Names::dates).value_or(*Template::parse("nightly"));
                break;
            case RuleType::semver:
            case RuleType::pep440:
                read_version();
                break;
            case RuleType::match:
                read_match();
                break;
            case RuleType::edge:
                if (const std::string* const branch = find("branch")) rule_.branch = *branch;
                break;
            case RuleType::ref:
                read_ref();
                break;
            case RuleType::raw:
                require("value", "type=raw,value=name");
                rule_.value = read_template("value", Names::global);
                break;
            case RuleType::sha:
                read_sha();
                break;
        }
    }

    void read_value() {
        // An empty `value=` is none: workflows fill it from an expression that may be empty.
        if (const std::string* const value = find("value"); value != nullptr && !value->empty()) {
            rule_.value = read_template("value", Names::global);
        }
    }

    void read_version() {
        require("pattern", "pattern={{version}}");
        rule_.pattern = read_template("pattern", Names::version).value_or(Template());
        const std::vector<Template::Expression> names = rule_.pattern.expressions();
        const std::string* const pattern = find("pattern");
        rule_.keeps_raw = pattern != nullptr && pattern->starts_with("{{") && pattern->ends_with("}}") &&
                          names.size() == 1 && names.front().name == "raw" &&
                          pattern->find("{{", 2) == pattern->npos;
        read_value();
        if (const std::string* const match = find("match"); match != nullptr && !match->empty()) {
            compile(*match, {});
            if (rule_.regex && rule_.regex->groups() == 0) {
                refuse("match has no group, so it picks nothing", "Put what is the version in parentheses.");
            }
        }
    }

    void compile(std::string_view pattern, std::string_view flags) {
        Result<Regex> regex = Regex::compile(pattern, flags);
        if (regex) {
            rule_.regex = *std::move(regex);
        } else {
            refuse(regex.error());
        }
    }

    void read_match() {
        require("pattern", R"(type=match,pattern=v(\d+),group=1)");
        if (error_) return;
        const std::string_view pattern = *find("pattern");
        const std::size_t slash = pattern.rfind('/');
        if (pattern.starts_with('/') && slash > 1) {
            compile(pattern.substr(1, slash - 1), pattern.substr(slash + 1));
        } else {
            compile(pattern, {});
        }
        if (const std::string* const group = find("group")) {
            const auto number = text::parse_number<decltype(rule_.group)>(*group);
            if (number) {
                rule_.group = *number;
            } else {
                refuse(fmt::format("the group '{}' is not a number", printable(*group)));
            }
        }
        read_value();
    }

    void read_ref() {
        require("event", "type=ref,event=branch");
        const std::string* const event = find("event");
        if (event == nullptr) return;
        if (*event == "tag") rule_.event = RefKind::tag;
        if (*event == "pr") {
            rule_.event = RefKind::pull_request;
            if (!rule_.prefix) rule_.prefix = *Template::parse(kPullRequestPrefix);
        }
        if (*event != "branch" && *event != "tag" && *event != "pr") {
            refuse(fmt::format("the event '{}' is not known", printable(*event)), "Use branch, tag or pr.");
        }
    }

    void read_sha() {
        if (!rule_.prefix) rule_.prefix = *Template::parse(kCommitPrefix);
        const std::string* const format = find("format");
        if (format == nullptr) return;
        rule_.long_sha = *format == "long";
        if (*format != "short" && *format != "long") {
            refuse(fmt::format("the format '{}' is not known", printable(*format)), "Use short or long.");
        }
    }

    Record record_;
    Rule rule_;
    std::optional<Error> error_;
};

/// True for a line of whole names: no tag has a colon, and no branch is called like a registry.
bool is_reference_list(const Record& record) {
    const auto bare = [](const Attribute& attribute) { return attribute.key.empty(); };
    const auto whole = [](const Attribute& attribute) {
        return attribute.value.contains(':') || text::names_registry(attribute.value);
    };
    return std::ranges::all_of(record.attributes, bare) && std::ranges::any_of(record.attributes, whole);
}

Result<Rule> read_reference(const Record& record, std::string_view written) {
    Result<Reference> reference = Reference::parse(written);
    if (!reference) return record.refuse(reference.error());
    if (!reference->tag() || reference->digest()) {
        return record.refuse(fmt::format("'{}' is not a name with a tag", printable(written)),
                             "Write for example ghcr.io/owner/app:1.0.");
    }
    Rule rule{.record = record, .type = RuleType::raw, .priority = kRawPriority};
    rule.enable = *Template::parse("true");
    rule.prefix = Template();
    rule.suffix = Template();
    rule.value = *Template::parse(reference->tag()->string());
    rule.image = reference->name();
    return rule;
}

}  // namespace

Result<std::vector<Rule>> parse_rules(std::string_view input) {
    TRY_ASSIGN(std::vector<Record> records, read_records("tags", input));
    std::vector<Rule> rules;
    for (Record& record : records) {
        if (is_reference_list(record)) {
            for (const Attribute& attribute : record.attributes) {
                TRY_ASSIGN(Rule rule, read_reference(record, attribute.value));
                rules.push_back(std::move(rule));
            }
            continue;
        }
        TRY_ASSIGN(Rule rule, RuleReader(std::move(record)).read());
        rules.push_back(std::move(rule));
    }
    // Rules of one priority keep their order; std::stable_sort is no choice, because it uses what C++17
    // deprecated.
    std::vector<std::size_t> order(rules.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, [&](std::size_t one, std::size_t other) {
        if (rules[one].priority != rules[other].priority) return rules[one].priority > rules[other].priority;
        return one < other;
    });
    std::vector<Rule> sorted;
    sorted.reserve(rules.size());
    for (const std::size_t index : order)
        sorted.push_back(std::move(rules[index]));
    return sorted;
}

}  // namespace pr_image::plan::metadata
