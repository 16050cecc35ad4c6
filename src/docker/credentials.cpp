#include "docker/credentials.hpp"

#include "text/base64.hpp"
#include "text/try.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <string_view>

namespace pr_image::docker {
namespace {

constexpr std::string_view kDockerHub = "docker.io";

/// Docker Hub has several hosts and one set of credentials.
std::string_view canonical_host(std::string_view host) {
    constexpr std::array<std::string_view, 3> kAliases{"index.docker.io", "registry-1.docker.io",
                                                       "registry.hub.docker.com"};
    return std::ranges::find(kAliases, host) != kAliases.end() ? kDockerHub : host;
}

std::string config_key(std::string_view host) {
    const std::string_view canonical = canonical_host(host);
    return std::string(canonical == kDockerHub ? "https://index.docker.io/v1/" : canonical);
}

}  // namespace

std::string config_json(const std::vector<plan::RegistryLogin>& logins) {
    boost::json::object auths;
    for (const plan::RegistryLogin& login : logins) {
        const std::string pair = login.username + ":" + login.password.reveal();
        auths[config_key(login.host)] = boost::json::object{{"auth", text::base64_encode(pair)}};
    }
    return boost::json::serialize(boost::json::object{{"auths", std::move(auths)}});
}

std::vector<plan::RegistryLogin> logins_for(const std::vector<std::string>& hosts,
                                            const std::vector<plan::RegistryLogin>& logins) {
    std::vector<plan::RegistryLogin> wanted;
    std::ranges::copy_if(logins, std::back_inserter(wanted), [&](const plan::RegistryLogin& login) {
        return std::ranges::any_of(hosts, [&](const std::string& host) {
            return canonical_host(host) == canonical_host(login.host);
        });
    });
    return wanted;
}

Result<void> write_config(const process::PrivateDirectory& directory,
                          const std::vector<plan::RegistryLogin>& logins) {
    TRY(directory.write_file("config.json", config_json(logins)));
    return {};
}

}  // namespace pr_image::docker
