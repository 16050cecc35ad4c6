#pragma once

#include "text/error.hpp"

#include <compare>
#include <string>
#include <string_view>

namespace pr_image::text {

/// The name of a workflow artifact: not empty, at most 255 bytes of UTF-8, without control characters and
/// without `" : < > | * ? \ /` (actions/toolkit, packages/artifact, path-and-artifact-name-validation.ts:
/// what some file system cannot hold).
class ArtifactName {
  public:
    /// Takes the text form; an Error names what is wrong with it.
    static Result<ArtifactName> parse(std::string_view text);

    [[nodiscard]] const std::string& string() const { return text_; }
    auto operator<=>(const ArtifactName&) const = default;

  private:
    explicit ArtifactName(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

}  // namespace pr_image::text

namespace pr_image {
using text::ArtifactName;
}
