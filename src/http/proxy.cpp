#include "http/proxy.hpp"

#include "text/reference.hpp"
#include "text/strings.hpp"
#include "text/try.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace pr_image::http {

namespace {

namespace ip = boost::asio::ip;

std::string_view variable(const Environment& environment, std::string_view upper) {
    for (const std::string& name : {std::string(upper), text::to_lower(upper)}) {
        const auto found = environment.find(name);
        if (found != environment.end() && !text::trim(found->second).empty()) {
            return text::trim(found->second);
        }
    }
    return {};
}

Result<std::optional<ProxyUrl>> proxy_variable(const Environment& environment, std::string_view name) {
    const std::string_view value = variable(environment, name);
    if (value.empty()) return std::nullopt;
    Result<ProxyUrl> url = parse_proxy_url(value);
    if (!url) {
        return text::fail(fmt::format("Invalid {}", name), url.error().why,
                          "Set it to http://host:port or http://user:password@host:port.");
    }
    return *std::move(url);
}

bool in_network(const ip::address& address, std::string_view block) {
    boost::system::error_code code;
    if (address.is_v4()) {
        const ip::network_v4 network = ip::make_network_v4(std::string(block), code);
        return !code &&
               network.canonical() == ip::network_v4(address.to_v4(), network.prefix_length()).canonical();
    }
    const ip::network_v6 network = ip::make_network_v6(std::string(block), code);
    return !code &&
           network.canonical() == ip::network_v6(address.to_v6(), network.prefix_length()).canonical();
}

struct Exception {
    std::string_view host;
    std::string_view port;
};

Exception split_port(std::string_view text) {
    if (text.starts_with('[')) {
        const std::size_t close = text.find(']');
        if (close == std::string_view::npos) return {text, {}};
        const std::string_view rest = text.substr(close + 1);
        return {text.substr(1, close - 1), rest.starts_with(':') ? rest.substr(1) : std::string_view{}};
    }
    const std::size_t colon = text.find(':');
    const bool one_colon =
        colon != std::string_view::npos && text.find(':', colon + 1) == std::string_view::npos;
    return one_colon ? Exception{text.substr(0, colon), text.substr(colon + 1)} : Exception{text, {}};
}

bool is_exception(std::string_view part, const Url& url) {
    if (part == "*") return true;
    boost::system::error_code not_an_address;
    const ip::address address = ip::make_address(url.host(), not_an_address);
    if (part.contains('/')) return !not_an_address && in_network(address, part);

    const Exception exception = split_port(part);
    if (!exception.port.empty() && exception.port != std::to_string(url.port())) return false;
    std::string_view name = exception.host;
    if (!not_an_address) {
        boost::system::error_code code;
        const ip::address other = ip::make_address(std::string(name), code);
        return !code && other == address;
    }
    if (name.starts_with("*.")) name.remove_prefix(1);
    if (name.empty()) return false;
    if (name.starts_with('.')) return url.host().ends_with(name);
    return url.host() == name || url.host().ends_with("." + std::string(name));
}

}  // namespace

Result<ProxyConfig> proxy_from_environment(const Environment& environment) {
    ProxyConfig config;
    TRY_ASSIGN(config.http, proxy_variable(environment, "HTTP_PROXY"));
    TRY_ASSIGN(config.https, proxy_variable(environment, "HTTPS_PROXY"));
    for (const std::string_view part : text::split(variable(environment, "NO_PROXY"), ',')) {
        const std::string_view trimmed = text::trim(part);
        if (!trimmed.empty()) config.exceptions.push_back(text::to_lower(trimmed));
    }
    return config;
}

const ProxyUrl* choose_proxy(const ProxyConfig& config, const Url& url) {
    const std::optional<ProxyUrl>& proxy = url.secure() ? config.https : config.http;
    if (!proxy || text::is_loopback(url.host()) || url.host() == "::1") return nullptr;
    const bool direct = std::ranges::any_of(config.exceptions,
                                            [&](const std::string& part) { return is_exception(part, url); });
    return direct ? nullptr : &*proxy;
}

}  // namespace pr_image::http
