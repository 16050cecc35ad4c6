#pragma once

#include "text/error.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <span>
#include <string_view>

namespace pr_image::docker {

/// Takes JSON text from an image archive and what it is ("manifest"); gives its value where every reader
/// understands it in the same way. Errors: it is not JSON or more than one value, names a member twice (the
/// first one counts for some readers, the last one for others), or has more than 65,536 values, which would
/// fill the memory.
Result<boost::json::value> parse_strict_json(std::string_view text, std::string_view what);

/// Takes an object of `what` and the members that the engine looks for in it. The engine's JSON reader takes
/// `repotags` for `RepoTags` and folds letters beyond ASCII (Go, encoding/json); ours does neither. An Error
/// where the object has a member that such a reader takes for a known one.
Result<void> require_exact_keys(const boost::json::object& object, std::span<const std::string_view> known,
                                std::string_view what);

}  // namespace pr_image::docker
