#include "support/docker_registry.hpp"

#include "support/files.hpp"

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <crypt.h>
#include <cstdlib>
#include <stdexcept>
#include <string_view>

namespace pr_image::support {
namespace {

namespace fs = std::filesystem;

std::string program() {
    const char* given = std::getenv("PR_IMAGE_TEST_REGISTRY");
    return given != nullptr && *given != '\0' ? given : "docker-registry";
}

/// JSON's quoting is YAML's too.
std::string yaml_text(std::string_view text) {
    std::string result = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') result += '\\';
        result += c;
    }
    return result + '"';
}

std::string configuration(const DockerRegistry::Options& options, const fs::path& folder) {
    const auto file = [&](std::string_view name, std::string_view content) {
        write_file(folder / name, content);
        return yaml_text((folder / name).string());
    };
    std::string yaml = fmt::format(R"(version: 0.1
log: {{level: info, accesslog: {{disabled: true}}}}
storage:
  filesystem: {{rootdirectory: {}}}
  delete: {{enabled: {}}}
  maintenance: {{uploadpurging: {{enabled: false}}}}
http:
  addr: {}
  relativeurls: true
)",
                                   yaml_text((folder / "data").string()), options.allows_deletion,
                                   yaml_text(options.address + ":0"));
    if (!options.tls_certificate.empty()) {
        yaml += fmt::format("  tls: {{certificate: {}, key: {}}}\n", file("tls.crt", options.tls_certificate),
                            file("tls.key", options.tls_key));
    }
    const RegistryAuth& auth = options.auth;
    if (!auth.htpasswd.empty()) {
        yaml +=
            fmt::format("auth: {{htpasswd: {{realm: test, path: {}}}}}\n", file("htpasswd", auth.htpasswd));
    } else if (!auth.token_realm.empty()) {
        yaml += fmt::format("auth: {{token: {{realm: {}, service: {}, issuer: {}, rootcertbundle: {}}}}}\n",
                            yaml_text(auth.token_realm), yaml_text(auth.token_service),
                            yaml_text(auth.token_issuer), file("token.crt", auth.token_certificate));
    }
    return yaml;
}

/// The port in "… listening on 127.0.0.1:43211, tls …", or 0.
std::uint16_t port_in(std::string_view log) {
    static constexpr std::string_view kMark = "listening on ";
    const std::size_t mark = log.find(kMark);
    if (mark == std::string_view::npos) return 0;
    std::string_view address = log.substr(mark + kMark.size());
    address = address.substr(0, address.find_first_of(", \"\n"));
    const std::string_view digits = address.substr(address.rfind(':') + 1);
    std::uint16_t port = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), port);
    return port;
}

}  // namespace

std::string htpasswd_line(const std::string& user, const std::string& password) {
    crypt_data data{};
    // Not crypt_r(): AddressSanitizer has one of its own, and then nothing makes the linker take libcrypt.
    const char* hash = ::crypt_rn(password.c_str(), "$2b$04$abcdefghijklmnopqrstuu", &data, sizeof data);
    if (hash == nullptr) throw std::runtime_error("crypt() knows no bcrypt");
    return fmt::format("{}:{}\n", user, hash);
}

DockerRegistry::DockerRegistry() : DockerRegistry(Options()) {}

DockerRegistry::DockerRegistry(const Options& options)
    : folder_("pr-image-registry-"), address_(options.address) {
    write_file(folder_.path() / "config.yml", configuration(options, folder_.path()));
    process_.emplace(std::vector<std::string>{program(), "serve", (folder_.path() / "config.yml").string()},
                     ChildOptions{.environment = {{"OTEL_TRACES_EXPORTER", "none"}},
                                  .log_file = (folder_.path() / "log").string()});
    using namespace std::chrono_literals;
    for (const auto deadline = std::chrono::steady_clock::now() + 20s; port_ == 0;) {
        const bool running = process_->running_after(10ms);
        port_ = port_in(log());
        if (port_ == 0 && (!running || std::chrono::steady_clock::now() > deadline)) {
            throw std::runtime_error("docker-registry does not listen:\n" + log());
        }
    }
}

std::string DockerRegistry::log() const {
    return read_file(folder_.path() / "log");
}

bool DockerRegistry::available() {
    try {
        return try_run({program(), "--version"}).exit_code == 0;
    } catch (const std::system_error&) {
        return false;
    }
}

}  // namespace pr_image::support
