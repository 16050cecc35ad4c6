#pragma once

#include "fakes/http_server.hpp"

#include <boost/json/value.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace pr_image::fakes {

/// A Twirp error (twitchtv.github.io/twirp, "Errors"): the status follows from the code.
Reply twirp_error(std::string_view code, std::string_view message);

/// A Twirp answer in JSON.
Reply twirp_reply(const boost::json::value& body);

/// Gives a field of a message, by its name in the .proto file or in camel case; "" when it is not there.
/// Numbers come as text.
std::string twirp_field(const boost::json::value& message, std::string_view snake_name);

}  // namespace pr_image::fakes
