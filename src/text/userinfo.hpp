#pragma once

#include <string>
#include <string_view>

namespace pr_image::text {

/// Takes an address that BuildKit fetches; gives it without user and password.
/// What is no URL, the user of an SSH address, and the digest of
/// `docker-image://name@sha256:…` stay.
std::string without_userinfo(std::string_view address);

}  // namespace pr_image::text
