#pragma once

#include <string>
#include <utility>

namespace pr_image::plan {

/// A value that must never be shown. It has no formatter and no comparison: `reveal()` is the one place to
/// look for.
class Secret {
  public:
    Secret() = default;
    explicit Secret(std::string value) : value_(std::move(value)) {}

    [[nodiscard]] const std::string& reveal() const { return value_; }
    [[nodiscard]] bool empty() const { return value_.empty(); }

  private:
    std::string value_;
};

}  // namespace pr_image::plan
