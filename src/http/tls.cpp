#include "http/tls.hpp"

#include "text/strings.hpp"
#include "text/try.hpp"

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/verify_mode.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

namespace pr_image::http {

namespace {

namespace ssl = boost::asio::ssl;
namespace fs = std::filesystem;

// Debian, Fedora, openSUSE, Alpine: where each keeps its bundle.
constexpr std::array kSystemBundles = {"/etc/ssl/certs/ca-certificates.crt",
                                       "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
                                       "/etc/ssl/cert.pem"};
constexpr const char* kSystemDirectory = "/etc/ssl/certs";

std::unexpected<Error> bad_file(std::string_view what, const std::string& path, const std::string& why) {
    return text::fail(fmt::format("Cannot use the {}", what),
                      fmt::format("'{}': {}", text::printable(path), text::printable(why)),
                      "Check SSL_CERT_FILE, SSL_CERT_DIR or DOCKER_CERT_PATH.");
}

// c_rehash and update-ca-certificates name links `<8 hex digits>.<n>`, by which OpenSSL finds a CA when it
// needs one instead of reading them all.
bool is_hashed_name(const std::string& name) {
    return name.size() >= 10 && name[8] == '.' &&
           std::all_of(name.begin(), name.begin() + 8, text::is_hex_digit) && text::is_digit(name[9]);
}

// Gives whether the folder brought any certificate. Folders without hashed names are read whole, as Go does.
bool trust_directory(ssl::context& context, const std::string& path) {
    std::error_code code;
    boost::system::error_code unusable;
    std::vector<std::string> files;
    for (fs::directory_iterator entry(path, code), end; !code && entry != end; entry.increment(code)) {
        if (is_hashed_name(entry->path().filename().string())) {
            context.add_verify_path(path, unusable);
            return !unusable;
        }
        files.push_back(entry->path().string());
    }
    bool any = false;
    for (const std::string& file : files) {
        boost::system::error_code not_a_certificate;
        context.load_verify_file(file, not_a_certificate);
        any = any || !not_a_certificate;
    }
    return any;
}

bool trust_system_bundle(ssl::context& context) {
    return std::ranges::any_of(kSystemBundles, [&](const char* file) {
        boost::system::error_code code;
        context.load_verify_file(file, code);
        return !code;
    });
}

Result<void> trust(ssl::context& context, const TlsOptions& options) {
    const bool file_given = !options.ca_file.empty();
    const bool directory_given = !options.ca_directory.empty();
    if (!file_given && !directory_given) {
        // The folder first: OpenSSL opens only the one file that it needs, where the bundle costs 20 ms.
        if (trust_directory(context, kSystemDirectory) || trust_system_bundle(context)) return {};
        return text::fail("Cannot verify TLS servers", "this machine has no CA certificates",
                          "Install ca-certificates, or set SSL_CERT_FILE to a PEM bundle.");
    }
    if (file_given) {
        boost::system::error_code code;
        context.load_verify_file(options.ca_file, code);
        if (code) return bad_file("CA certificates", options.ca_file, code.message());
    } else if (options.and_system) {
        trust_system_bundle(context);
    }
    for (const std::string_view directory : text::split(options.ca_directory, ':')) {
        if (!directory.empty()) trust_directory(context, std::string(directory));
    }
    if (!directory_given && options.and_system) trust_directory(context, kSystemDirectory);
    return {};
}

}  // namespace

TlsOptions tls_from_environment(const Environment& environment) {
    const auto value = [&](std::string_view name) {
        const auto found = environment.find(name);
        return found == environment.end() ? std::string() : found->second;
    };
    TlsOptions options;
    options.ca_file = value("SSL_CERT_FILE");
    options.ca_directory = value("SSL_CERT_DIR");
    options.and_system = true;
    return options;
}

Result<std::shared_ptr<ssl::context>> make_tls_context(const TlsOptions& options) {
    auto context = std::make_shared<ssl::context>(ssl::context::tls_client);
    boost::system::error_code code;
    context->set_options(
        ssl::context::default_workarounds | ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1, code);
    context->set_verify_mode(ssl::verify_peer, code);
    TRY(trust(*context, options));
    if (!options.client_certificate.empty()) {
        context->use_certificate_chain_file(options.client_certificate, code);
        if (code) return bad_file("client certificate", options.client_certificate, code.message());
        context->use_private_key_file(options.client_key, ssl::context::pem, code);
        if (code) return bad_file("client key", options.client_key, code.message());
    }
    return context;
}

}  // namespace pr_image::http
