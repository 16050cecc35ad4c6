#pragma once

#include "plan/inputs.hpp"
#include "plan/who/event.hpp"
#include "plan/who/subject.hpp"

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <initializer_list>

namespace pr_image::plan {

/// What a run may do with or for the code it is about.
enum class Grant : std::uint8_t {
    build,              ///< build the code here at all
    unproven_checkout,  ///< build a workspace of which nothing proves that it is the commit that is meant
    push,
    registry_logins,
    signing,
    build_secrets,
    ssh,
    git_token,      ///< GitHub's token, for contexts that BuildKit fetches by git
    known_secrets,  ///< a secret that this step knows in a build argument, a context or a cache entry
    entitlements,
    host_network,
    builder_options,     ///< driver options, and a buildkitd configuration that the checkout holds
    shared_cache_write,  ///< write a cache in a registry or a bucket
    artifact_upload,
};
inline constexpr std::size_t kGrantCount = static_cast<std::size_t>(Grant::artifact_upload) + 1;

/// With which token of GitHub's cache service a build may read and write. The token is a credential: a
/// Dockerfile frontend that the code names is handed it.
enum class ServiceCache : std::uint8_t {
    none,
    own_when_asked,  ///< one that writes this pull request's cache only, where the workflow asks for the
                     ///< service
    own,             ///< one that writes this pull request's cache only
    of_ref,          ///< whatever GitHub gives a run on this ref
};

/// What it means that the checkout holds credentials (actions/checkout without `persist-credentials: false`).
enum class CheckoutCredentials : std::uint8_t {
    refused,
    warned,             ///< wherever they are
    warned_in_context,  ///< where the build can read them
};

/// What this run may do, decided once. A value that nobody has decided about grants nothing.
class Grants {
  public:
    Grants() = default;

    [[nodiscard]] bool has(Grant grant) const { return given_.test(static_cast<std::size_t>(grant)); }
    [[nodiscard]] ServiceCache service_cache() const { return service_cache_; }
    [[nodiscard]] CheckoutCredentials checkout_credentials() const { return checkout_credentials_; }

    /// Takes who asks; gives what they get. The one place that says so, and the one that makes a value that
    /// grants anything. Rule: SECURITY.md, "What is granted".
    friend Grants grants_of(const Event& event, const Subject& subject, const StrategyInputs& inputs);

    /// Gives what a run gets that only fetches an image which its inputs name whole: its registry logins,
    /// where the workflow is the repository's own and none of the image's code runs.
    friend Grants grants_to_fetch(const Event& event);

  private:
    void give(std::initializer_list<Grant> grants) {
        for (const Grant grant : grants)
            given_.set(static_cast<std::size_t>(grant));
    }

    std::bitset<kGrantCount> given_;
    ServiceCache service_cache_ = ServiceCache::none;
    CheckoutCredentials checkout_credentials_ = CheckoutCredentials::refused;
};

Grants grants_of(const Event& event, const Subject& subject, const StrategyInputs& inputs);
Grants grants_to_fetch(const Event& event);

}  // namespace pr_image::plan
