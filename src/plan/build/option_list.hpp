#pragma once

#include "text/digest.hpp"
#include "text/error.hpp"
#include "text/reference.hpp"

#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pr_image::plan {

/// The `key=value` pairs of one entry, each key once, in the order in which they were written.
class Attributes {
  public:
    struct Pair {
        std::string key;
        std::string value;
        bool operator==(const Pair&) const = default;
    };

    Attributes() = default;
    Attributes(std::initializer_list<Pair> pairs) : pairs_(pairs) {}

    /// The value of a key, or nullptr.
    [[nodiscard]] const std::string* find(std::string_view key) const;
    [[nodiscard]] bool contains(std::string_view key) const { return find(key) != nullptr; }
    /// The value of a key as Go reads booleans.
    [[nodiscard]] std::optional<bool> boolean(std::string_view key) const;
    /// Sets a value: in the place of the one that is there, else behind the others. Of two with the same key
    /// buildx takes the last one.
    void set(std::string key, std::string value);
    /// Removes a key; gives its value.
    std::optional<std::string> take(std::string_view key);
    [[nodiscard]] auto begin() const { return pairs_.begin(); }
    [[nodiscard]] auto end() const { return pairs_.end(); }
    bool operator==(const Attributes&) const = default;

  private:
    std::vector<Pair> pairs_;
};

/// How buildx looks at a key before it compares it.
enum class KeySpelling { exact, lower, trimmed_lower };

/// What a value has to be.
enum class ValueKind {
    text,
    boolean,           ///< as Go's strconv.ParseBool has it
    boolean_or_empty,  ///< and nothing at all means true
    integer,
    duration,  ///< as Go's time.ParseDuration has it
    choice,
};

/// One key that buildx or BuildKit knows.
struct OptionKey {
    std::string_view name;
    ValueKind kind = ValueKind::text;
    std::string_view choices = {};  ///< of ValueKind::choice, separated by blanks
    bool empty_is_absent = false;   ///< an empty value means the default
};

/// Takes a text; gives the boolean that Go's strconv.ParseBool gives: 1, t, T, true, True, TRUE and their
/// opposites, without blanks.
std::optional<bool> parse_go_bool(std::string_view text);

/// Takes one value of a buildx option; gives its fields: Go's encoding/csv for a single record, with `""` as
/// a quote inside quotes, line breaks as data, nothing trimmed. Errors, which show none of the text: no text,
/// a quote inside a field without quotes, one that does not close or has text behind it. Rule: go-csvvalue.
Result<std::vector<std::string>> option_fields(std::string_view value);

/// Takes the fields of an entry; gives its attributes. Errors: a field without `=`, a key with characters
/// outside ASCII (Go's lower case and white space are Unicode's, and no key that anybody knows needs them).
Result<Attributes> option_attributes(const std::vector<std::string>& fields, KeySpelling spelling);

/// Takes attributes and the keys that are known; gives the attributes with booleans written as `true` and
/// `false` and without empty values that mean the default. A key that is not known is passed on, because
/// BuildKit's keys are open, unless it is a slip of one that is. Errors: such a slip, with the key that was
/// meant; a value that BuildKit refuses or silently ignores.
Result<Attributes> check_attributes(const Attributes& attributes, std::span<const OptionKey> known);

/// Gives the value of a buildx option that holds these fields, quoted as CSV where one needs it.
std::string option_text(const std::vector<std::string>& fields);

/// Adds the attributes to the fields as `key=value`.
void add_fields(std::vector<std::string>& fields, const Attributes& attributes);

/// Takes a word; gives the candidate that it is probably a slip of, or "": the same but for case and blanks,
/// or one edit away (none in a word of two characters, two in one of six or more), where a swap of neighbours
/// is one edit.
std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates);

/// Takes an entry; gives it as an error or a warning may show it: up to the first value that may be a secret.
std::string shown_entry(std::string_view entry);

/// Makes the refusals of one entry, which they show.
class RefuseEntry {
  public:
    /// Takes what failed ("Invalid output") and the entry, which has to outlive this.
    RefuseEntry(std::string_view what, std::string_view entry) : what_(what), entry_(entry) {}
    [[nodiscard]] std::unexpected<Error> operator()(std::string_view why, std::string fix = {}) const;
    /// Gives another Error's reason as one of this entry.
    [[nodiscard]] std::unexpected<Error> because(const Error& error) const;

  private:
    std::string_view what_;
    std::string_view entry_;
};

/// An image as an option names it: with a tag, a digest, both, or neither, which means `latest`.
struct NamedImage {
    ImageName name;
    std::optional<Tag> tag;
    std::optional<Digest> digest;
    std::string text;  ///< as it was written, its name in lower case

    bool operator==(const NamedImage&) const = default;
};

/// Takes `name`, `name:tag`, `name@digest` or `name:tag@digest`. Errors: those of ImageName, Tag and Digest.
Result<NamedImage> parse_named_image(std::string_view text);

}  // namespace pr_image::plan
