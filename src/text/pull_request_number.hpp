#pragma once

#include "text/error.hpp"

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace pr_image::text {

/// A pull request's number: positive, decimal, no leading zero, at most 9 digits.
class PullRequestNumber {
  public:
    /// Takes the text form; an Error names what is wrong with it.
    static Result<PullRequestNumber> parse(std::string_view text);

    [[nodiscard]] std::uint32_t value() const { return value_; }
    [[nodiscard]] std::string string() const { return std::to_string(value_); }
    auto operator<=>(const PullRequestNumber&) const = default;

  private:
    explicit PullRequestNumber(std::uint32_t value) : value_(value) {}
    std::uint32_t value_;
};

}  // namespace pr_image::text

namespace pr_image {
using text::PullRequestNumber;
}
