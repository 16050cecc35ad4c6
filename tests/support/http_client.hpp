#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pr_image::support {

using HttpFields = std::vector<std::pair<std::string, std::string>>;

/// A response as it came.
struct HttpResponse {
    unsigned status = 0;
    HttpFields fields;
    std::string body;

    /// The first field of that name without regard to case, or "".
    [[nodiscard]] std::string field(std::string_view name) const;
};

/// One blocking HTTP/1.1 request in clear text to `address:port`, on a connection of its own: for looking at
/// servers from outside of the code under test. What fails throws boost::system::system_error.
HttpResponse http_request(const std::string& address, std::uint16_t port, std::string_view method,
                          std::string_view target, const HttpFields& fields = {}, std::string_view body = {});

}  // namespace pr_image::support
