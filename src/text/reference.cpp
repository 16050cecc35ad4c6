#include "text/reference.hpp"

#include "text/strings.hpp"
#include "text/try.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pr_image::text {

namespace {

constexpr std::string_view kDockerHub = "docker.io";
constexpr std::string_view kDockerHubIndex = "index.docker.io";
constexpr std::string_view kNameFix =
    "Use registry.example/owner/name with letters, digits, and single . _ - between them.";

std::unexpected<Error> bad_name(std::string_view text, std::string_view why) {
    return fail("Invalid image name", fmt::format("'{}' {}", printable(text), why), std::string(kNameFix));
}

bool is_path_part(std::string_view part) {
    if (part.empty() || !is_lower_alnum(part.front()) || !is_lower_alnum(part.back())) return false;
    for (std::size_t i = 0; i < part.size();) {
        if (is_lower_alnum(part[i])) {
            ++i;
            continue;
        }
        const std::size_t end = std::min(part.find_first_not_of("._-", i), part.size());
        const std::string_view separator = part.substr(i, end - i);
        const bool dashes = separator.find_first_not_of('-') == std::string_view::npos;
        if (!dashes && separator != "." && separator != "_" && separator != "__") return false;
        if (end == i) return false;
        i = end;
    }
    return true;
}

/// Docker's rule to tell a host from the first part of Docker Hub's own names.
bool is_host_like(std::string_view part) {
    return part.find_first_of(".:[") != std::string_view::npos || to_lower(part) == "localhost";
}

bool is_port(std::string_view port) {
    return !port.empty() && port.size() <= 5 && std::ranges::all_of(port, is_digit);
}

bool is_host(std::string_view host) {
    if (host.starts_with('[')) {
        const std::size_t close = host.find(']');
        if (close == std::string_view::npos || close < 3) return false;
        const std::string_view address = host.substr(1, close - 1);
        if (!std::ranges::all_of(address, [](char c) { return is_hex_digit(c) || c == ':'; })) return false;
        const std::string_view rest = host.substr(close + 1);
        return rest.empty() || (rest.front() == ':' && is_port(rest.substr(1)));
    }
    const std::size_t colon = host.find(':');
    if (colon != std::string_view::npos && !is_port(host.substr(colon + 1))) return false;
    for (const std::string_view label : split(host.substr(0, colon), '.')) {
        const auto allowed = [](char c) { return is_lower_alnum(c) || c == '-'; };
        if (label.empty() || label.front() == '-' || label.back() == '-') return false;
        if (!std::ranges::all_of(label, allowed)) return false;
    }
    return true;
}

}  // namespace

Result<Tag> Tag::parse(std::string_view text) {
    const auto allowed = [](char c) { return is_word(c) || c == '.' || c == '-'; };
    if (text.empty() || text.size() > 128 || !is_word(text.front()) || !std::ranges::all_of(text, allowed)) {
        return fail(
            "Invalid tag",
            fmt::format("'{}' is not 1 to 128 of letters, digits, '_', '.', '-', starting with a letter, a "
                        "digit or '_'",
                        printable(text)));
    }
    return Tag(std::string(text));
}

Result<ImageName> ImageName::parse(std::string_view text) {
    const std::string lower = to_lower(text);
    const std::string_view name = lower;
    if (name.empty()) return bad_name(text, "is empty");

    std::string_view host = kDockerHub;
    std::string_view path = name;
    if (names_registry(name)) {
        host = name.substr(0, name.find('/'));
        path = name.substr(host.size() + 1);
    }
    if (!is_host(host)) return bad_name(text, "does not start with a registry's host name");
    if (host == kDockerHubIndex) host = kDockerHub;
    std::string full(path);
    if (host == kDockerHub && !full.contains('/')) full.insert(0, "library/");
    if (host.size() + 1 + full.size() > 255) return bad_name(text, "is longer than 255 characters");
    for (const std::string_view part : split(full, '/')) {
        if (!is_path_part(part)) {
            return bad_name(text,
                            fmt::format("has the part '{}', which no registry accepts", printable(part)));
        }
    }
    return ImageName(std::string(host), std::move(full));
}

Result<Reference> Reference::parse(std::string_view text) {
    std::string_view rest = text;
    std::optional<Digest> digest;
    if (const std::size_t at = rest.find('@'); at != std::string_view::npos) {
        TRY_ASSIGN(digest, Digest::parse(rest.substr(at + 1)));
        rest = rest.substr(0, at);
    }
    std::optional<Tag> tag;
    const std::size_t slash = rest.rfind('/');
    const std::size_t colon = rest.find(':', slash == std::string_view::npos ? 0 : slash);
    if (colon != std::string_view::npos) {
        TRY_ASSIGN(tag, Tag::parse(rest.substr(colon + 1)));
        rest = rest.substr(0, colon);
    }
    if (!tag && !digest) {
        return fail("Invalid image reference",
                    fmt::format("'{}' has neither a tag nor a digest", printable(text)),
                    "Write name:tag or name@sha256:….");
    }
    TRY_ASSIGN(ImageName name, ImageName::parse(rest));
    Reference reference =
        tag ? Reference(std::move(name), *std::move(tag)) : Reference(std::move(name), *digest);
    reference.digest_ = std::move(digest);
    return reference;
}

std::string Reference::string() const {
    std::string text = name_.string();
    if (tag_) text += ":" + tag_->string();
    if (digest_) text += "@" + digest_->string();
    return text;
}

bool names_registry(std::string_view image) {
    const std::size_t slash = image.find('/');
    return slash != std::string_view::npos && is_host_like(image.substr(0, slash));
}

Result<std::string> parse_registry_host(std::string_view text) {
    const std::string host = to_lower(text);
    if (!is_host_like(host) || !is_host(host)) {
        return fail("Invalid registry", fmt::format("'{}' is not a registry's host", printable(text)),
                    "Write the host alone, with a port where it has one: ghcr.io, localhost:5000.");
    }
    return host == kDockerHubIndex ? std::string(kDockerHub) : host;
}

bool is_loopback(std::string_view host) {
    if (host.starts_with("[::1]")) return true;
    const std::string_view name = host.substr(0, host.find(':'));
    if (name == "localhost") return true;
    const std::vector<std::string_view> parts = split(name, '.');
    return parts.size() == 4 && parts.front() == "127" &&
           std::ranges::all_of(parts, [](std::string_view part) {
               return !part.empty() && part.size() <= 3 && std::ranges::all_of(part, is_digit);
           });
}

}  // namespace pr_image::text
