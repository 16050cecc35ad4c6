#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace pr_image::docker {

/// What made a build fail, where another attempt may not meet it again.
enum class FailureCause : std::uint8_t {
    lasting,          ///< another attempt would fail in the same way, or nobody can tell
    network,          ///< a connection was refused, reset or closed
    name_resolution,  ///< a host's name was not found
    tls_handshake,    ///< a TLS connection did not come about
    timeout,          ///< no answer in time
    rate_limit,       ///< too many requests (429)
    server,           ///< the server has a problem of its own (408, 425, 5xx)
    cut_off,          ///< an answer ended too early
    corrupted,        ///< what arrived does not have its digest
    lost_upload,      ///< the registry does not know an upload any more, or half of it
    builder_gone,     ///< the engine or the builder went away
    lost_state        ///< the builder does not find what it keeps of a finished step
};

/// Takes the whole error that buildx or BuildKit gives, which may have several lines; gives its cause. Only
/// what the tools themselves say counts: quoted text (commands, addresses, file names), URLs and references
/// are not looked at, and an HTTP status decides before any word does. A command that ended with an exit code
/// is `lasting` whatever its text: what it printed is not part of the error at all. The texts are those of
/// BuildKit (`solver`, `util/resolver`), containerd (`core/remotes/docker`), Go (`net`, `net/http`,
/// `crypto/tls`), gRPC, git, and the OCI distribution spec's error codes.
FailureCause failure_cause(std::string_view error);

/// Gives the cause in words for a log: "the server has a problem of its own".
std::string_view describe(FailureCause cause);

/// Takes the whole error; gives how long the server asks to wait, where its text says so ("retry-after:
/// 1.5s", "Retry-After: 30"): BuildKit does not hand on the header.
std::optional<std::chrono::milliseconds> asked_wait(std::string_view error);

}  // namespace pr_image::docker
