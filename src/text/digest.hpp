#pragma once

#include "text/error.hpp"

#include <compare>
#include <string>
#include <string_view>

namespace pr_image::text {

/// A content digest, `sha256:` + 64 or `sha512:` + 128 lower-case hex digits (OCI image spec,
/// descriptor.md#digests).
class Digest {
  public:
    /// Takes the text form; an Error names what is wrong with it.
    static Result<Digest> parse(std::string_view text);

    [[nodiscard]] const std::string& string() const { return text_; }
    [[nodiscard]] std::string_view algorithm() const { return std::string_view(text_).substr(0, 6); }
    [[nodiscard]] std::string_view hex() const { return std::string_view(text_).substr(7); }
    auto operator<=>(const Digest&) const = default;

  private:
    explicit Digest(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

}  // namespace pr_image::text

namespace pr_image {
using text::Digest;
}
