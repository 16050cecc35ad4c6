#pragma once

#include "text/error.hpp"

#include <compare>
#include <string>
#include <string_view>

namespace pr_image::text {

/// A commit's name: 7 to 64 hex digits, kept in lower case (SHA-1 and SHA-256 repositories,
/// abbreviated or not).
class CommitSha {
  public:
    /// Takes the text form in either case; an Error names what is wrong with it.
    static Result<CommitSha> parse(std::string_view text);

    [[nodiscard]] const std::string& string() const { return text_; }
    /// The first 7 digits, as git and docker/metadata-action abbreviate.
    [[nodiscard]] std::string short_form() const { return text_.substr(0, 7); }
    /// True for a whole SHA-1 or SHA-256 name, which is not an abbreviation.
    [[nodiscard]] bool is_full() const { return text_.size() == 40 || text_.size() == 64; }
    /// True when one is the other or an abbreviation of it. Two commits with the same first digits are made
    /// in seconds: whoever vouches for a commit has to name it in full.
    [[nodiscard]] bool same_commit(const CommitSha& other) const {
        if (is_full() && other.is_full()) return text_ == other.text_;
        return text_.starts_with(other.text_) || other.text_.starts_with(text_);
    }
    auto operator<=>(const CommitSha&) const = default;

  private:
    explicit CommitSha(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

}  // namespace pr_image::text

namespace pr_image {
using text::CommitSha;
}
