#pragma once

#include "http/client.hpp"
#include "http/failure.hpp"
#include "http/message.hpp"
#include "http/url.hpp"
#include "text/reference.hpp"

#include <boost/asio/awaitable.hpp>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace pr_image::registry {

/// Gives the `host[:port]` that serves an image's registry: Docker Hub's API is not at docker.io.
std::string api_host(const ImageName& name);

/// Says whether a host (`name`, `name:port`) may be talked to without TLS: a loopback one, or one of
/// `insecure`, where an entry without a port stands for each port.
bool may_be_plain(std::string_view authority, const std::vector<std::string>& insecure);

/// Finds out where each registry is and whether it speaks TLS.
class Endpoints {
  public:
    Endpoints(http::Client transport, std::vector<std::string> insecure, http::Timeouts timeouts)
        : transport_(std::move(transport)), insecure_(std::move(insecure)), timeouts_(timeouts) {}

    /// Takes `host[:port]`; gives the registry's origin: https, unless the host may be plain and is. That is
    /// asked once for each host, without credentials: of a loopback one by plain HTTP first, because most of
    /// them have no TLS; of a listed one by TLS first, as docker does. Errors: the host cannot be reached.
    boost::asio::awaitable<http::Outcome<http::Url>> find(std::string host);

  private:
    boost::asio::awaitable<http::Outcome<http::Url>> detect(std::string host);

    http::Client transport_;
    std::vector<std::string> insecure_;
    http::Timeouts timeouts_;
    std::map<std::string, http::Url, std::less<>> known_;
};

}  // namespace pr_image::registry
