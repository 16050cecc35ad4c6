#include "docker/failure_cause.hpp"

#include "docker/failure_text.hpp"
#include "text/number.hpp"
#include "text/strings.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace pr_image::docker {
namespace {

using Cause = FailureCause;

struct Sign {
    std::string_view words;
    Cause cause;
};

// The first that occurs decides. What another attempt cannot heal comes first: a refusal may quote what led
// to it.
constexpr std::array kSigns{
    Sign{"denied", Cause::lasting},
    Sign{"unauthorized", Cause::lasting},
    Sign{"forbidden", Cause::lasting},
    Sign{"insufficient_scope", Cause::lasting},
    Sign{"no basic auth credentials", Cause::lasting},
    Sign{"authentication required", Cause::lasting},
    Sign{"authentication failed", Cause::lasting},
    Sign{"x509:", Cause::lasting},
    Sign{"certificate", Cause::lasting},
    Sign{"does not look like a tls handshake", Cause::lasting},  // it speaks plain HTTP
    Sign{"no space left on device", Cause::lasting},
    Sign{"manifest invalid", Cause::lasting},
    Sign{"invalid repository name", Cause::lasting},
    Sign{"unsupported", Cause::lasting},
    Sign{"immutable", Cause::lasting},

    Sign{"toomanyrequests", Cause::rate_limit},
    Sign{"too many requests", Cause::rate_limit},
    Sign{"rate limit", Cause::rate_limit},
    Sign{"retry-after", Cause::rate_limit},
    Sign{"blob upload unknown", Cause::lost_upload},
    Sign{"blob upload invalid", Cause::lost_upload},
    Sign{"unexpected commit digest", Cause::corrupted},
    Sign{"unexpected commit size", Cause::cut_off},

    Sign{"error reading from server", Cause::builder_gone},
    Sign{"code = unavailable", Cause::builder_gone},
    Sign{"unavailable: connection error", Cause::builder_gone},
    Sign{"transport is closing", Cause::builder_gone},
    Sign{"graceful_stop", Cause::builder_gone},
    Sign{"failed to list workers", Cause::builder_gone},
    Sign{"cannot connect to the docker daemon", Cause::builder_gone},
    Sign{"error during connect", Cause::builder_gone},
    Sign{"no such container", Cause::builder_gone},
    Sign{"is not running", Cause::builder_gone},
    Sign{"no active session", Cause::builder_gone},

    Sign{"does not exist: not found", Cause::lost_state},  // containerd, of snapshots and the like
    Sign{"inconsistent graph state", Cause::server},       // BuildKit, of builds that share a step
    Sign{"failed to get state for index", Cause::server},

    Sign{"tls handshake timeout", Cause::tls_handshake},
    Sign{"remote error: tls", Cause::tls_handshake},
    Sign{"tls: ", Cause::tls_handshake},
    Sign{"gnutls_handshake", Cause::tls_handshake},
    Sign{"ssl_connect", Cause::tls_handshake},

    Sign{"no such host", Cause::name_resolution},
    Sign{"server misbehaving", Cause::name_resolution},
    Sign{"temporary failure in name resolution", Cause::name_resolution},
    Sign{"could not resolve host", Cause::name_resolution},

    Sign{"connection reset", Cause::network},
    Sign{"connection refused", Cause::network},
    Sign{"broken pipe", Cause::network},
    Sign{"network is unreachable", Cause::network},
    Sign{"no route to host", Cause::network},
    Sign{"host is down", Cause::network},
    Sign{"use of closed network connection", Cause::network},
    Sign{"server closed idle connection", Cause::network},
    Sign{"transport connection broken", Cause::network},
    Sign{"closed pipe", Cause::network},
    Sign{"request must be retried", Cause::network},
    Sign{"goaway", Cause::network},
    Sign{"http2: client connection lost", Cause::network},
    Sign{"stream error: stream id", Cause::network},
    Sign{"failed to connect to", Cause::network},
    Sign{"couldn't connect to server", Cause::network},
    Sign{"the remote end hung up", Cause::network},

    Sign{"i/o timeout", Cause::timeout},
    Sign{"connection timed out", Cause::timeout},
    Sign{"operation timed out", Cause::timeout},
    Sign{"deadline exceeded", Cause::timeout},
    Sign{"client.timeout", Cause::timeout},
    Sign{"timeout awaiting response headers", Cause::timeout},

    Sign{"internal server error", Cause::server},
    Sign{"bad gateway", Cause::server},
    Sign{"service unavailable", Cause::server},
    Sign{"gateway timeout", Cause::server},
    Sign{"gateway time-out", Cause::server},
    Sign{"unavailable: ", Cause::server},

    Sign{"unexpected eof", Cause::cut_off},
    Sign{"short read", Cause::cut_off},
    Sign{"early eof", Cause::cut_off},
    Sign{": eof", Cause::cut_off},
};

/// The HTTP status that an error speaks of, or 0: "unexpected status from PUT request to : 503 service
/// unavailable", "invalid response status 404", "response 403: 403 …".
int http_status(std::string_view words) {
    constexpr std::size_t kNear = 120;
    for (const std::string_view phrase : {"unexpected status", "response status", "response "}) {
        const std::size_t found = words.find(phrase);
        if (found == std::string_view::npos) continue;
        const std::string_view near = words.substr(found + phrase.size() - 1, kNear);
        const std::size_t farthest = phrase == "response " ? 1 : near.size();
        for (std::size_t at = 1; at + 3 <= near.size() && at <= farthest; ++at) {
            const char after = at + 3 == near.size() ? ' ' : near[at + 3];
            const bool alone = near[at - 1] == ' ' && (after == ' ' || after == ':' || after == '\n');
            const auto status = text::parse_number<unsigned>(near.substr(at, 3), 100, 599);
            if (alone && status) return static_cast<int>(*status);
        }
    }
    return 0;
}

/// A push that the registry answered with an error code of its own. BuildKit then shows the message and drops
/// the status, and it knows only the codes of its general list: 500 and 503 arrive as "unknown: …" too.
bool is_unknown_answer_to_push(std::string_view words) {
    const std::size_t push = words.find("failed to push ");
    return push != std::string_view::npos && words.find(": unknown: ", push) != std::string_view::npos;
}

}  // namespace

FailureCause failure_cause(std::string_view error) {
    const std::string words = own_words(error);
    if (words.find("did not complete successfully") != std::string::npos) return Cause::lasting;
    if (const int status = http_status(words); status != 0) {
        if (status == 429) return Cause::rate_limit;
        const bool passing = status == 408 || status == 425 || (status >= 500 && status != 501);
        return passing ? Cause::server : Cause::lasting;
    }
    const auto* sign = std::ranges::find_if(
        kSigns, [&](const Sign& candidate) { return words.find(candidate.words) != std::string::npos; });
    if (sign != kSigns.end()) return sign->cause;
    return is_unknown_answer_to_push(words) ? Cause::server : Cause::lasting;
}

std::string_view describe(FailureCause cause) {
    switch (cause) {
        case Cause::lasting:
            return "nothing that time heals";
        case Cause::network:
            return "the connection failed";
        case Cause::name_resolution:
            return "a host's name was not found";
        case Cause::tls_handshake:
            return "a TLS connection did not come about";
        case Cause::timeout:
            return "there was no answer in time";
        case Cause::rate_limit:
            return "the server asks for fewer requests";
        case Cause::server:
            return "the server has a problem of its own";
        case Cause::cut_off:
            return "the connection ended too early";
        case Cause::corrupted:
            return "what arrived does not have its digest";
        case Cause::lost_upload:
            return "the registry lost an upload";
        case Cause::builder_gone:
            return "the builder went away";
        case Cause::lost_state:
            return "the builder does not find what it keeps of a finished step";
    }
    return {};
}

std::optional<std::chrono::milliseconds> asked_wait(std::string_view error) {
    constexpr double kLongest = 86'400;
    const std::string words = text::to_lower(error);
    std::size_t at = words.find("retry-after");
    if (at == std::string::npos) at = words.find("retry after");
    if (at == std::string::npos) return std::nullopt;
    at = words.find_first_not_of(": ", at + std::string_view("retry-after").size());
    if (at == std::string::npos || !text::is_digit(words[at])) return std::nullopt;
    // As Go writes durations; a bare number is seconds, as in the header.
    std::string_view rest = std::string_view(words).substr(at);
    const std::size_t digits = std::min(rest.find_first_not_of("0123456789."), rest.size());
    const std::optional<double> given = text::parse_decimal(rest.substr(0, digits), 0, 1e12);
    if (!given) return std::nullopt;
    rest.remove_prefix(digits);
    const double number = *given;
    double seconds = number;
    if (rest.starts_with("ms")) {
        seconds = number / 1e3;
    } else if (rest.starts_with("us") || rest.starts_with("\xc2\xb5s") || rest.starts_with("\xce\xbcs") ||
               rest.starts_with("ns")) {
        seconds = 0;
    } else if (rest.starts_with("m")) {
        seconds = number * 60;
    } else if (rest.starts_with("h")) {
        seconds = number * 3600;
    }
    const auto wait = std::chrono::duration<double>(std::min(seconds, kLongest));
    return std::chrono::ceil<std::chrono::milliseconds>(wait);
}

}  // namespace pr_image::docker
