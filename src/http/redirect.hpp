#pragma once

#include "http/failure.hpp"
#include "http/message.hpp"

#include <optional>
#include <string>

namespace pr_image::http {

/// Says whether a response with this status names another place in its Location: 301, 302, 303, 307, 308.
bool is_redirect(int status);

/// Takes a request and the response to it. Where the response is a redirect that this request may follow,
/// turns the request into the one that follows it and gives true; otherwise gives false and leaves it as it
/// was (RFC 9110 section 15.4). GET and HEAD follow each; other methods follow 307 and 308 unchanged and 303
/// as a GET. Only GET and HEAD, and of those only what did not ask to stay (`same_origin`), are sent to
/// another origin, and of their headers only those that say what is wanted: nothing there says who asks.
/// Errors: protocol, for a Location that is no http URL; refused, for one that leads from https to http.
Outcome<bool> follow_redirect(Request& request, const Response& response);

/// Gives the origin that a redirect leads to, for messages: its path and query may hold a secret. Nothing
/// when the response is no redirect, or its Location is unusable.
std::optional<std::string> redirect_origin(const Response& response);

}  // namespace pr_image::http
