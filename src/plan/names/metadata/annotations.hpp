#pragma once

#include "plan/names/metadata/context.hpp"
#include "text/error.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pr_image::plan::metadata {

using Pairs = std::vector<std::pair<std::string, std::string>>;

/// Takes one entry of input `labels` or `annotations`; gives its key and value, templates and all. The key
/// ends at the first `=` that stands outside of braces. Errors: no `key=value`, a template that does not
/// close or asks for what is not known.
Result<std::pair<std::string, std::string>> parse_entry(std::string_view input, std::string_view entry);

/// Takes a key or value of parse_entry(); gives it with the global expressions put in.
Result<std::string> expand(std::string_view text, const Context& context);

/// The part of an annotation's key that says where buildx puts it: "index,manifest[linux/amd64]:", or "" when
/// there is none. Rule: docker buildx build --annotation.
std::string_view annotation_level(std::string_view entry);

/// Takes the OpenContainers set, input `annotations` and the levels for entries that name none; gives the
/// annotations as buildx takes them, sorted within each level: the set, replaced where an entry has the same
/// key, then the entries that name their own level, as they are written.
Result<std::vector<std::string>> annotations(const Pairs& oci, const std::vector<std::string>& entries,
                                             const std::vector<std::string>& levels, const Context& context);

/// Gives `pairs` in the order that docker/metadata-action lists them in: by key, without regard to case.
Pairs sorted(Pairs pairs);

}  // namespace pr_image::plan::metadata
