#include "plan/who/grants.hpp"

namespace pr_image::plan {

Grants grants_of(const Event& event, const Subject& subject, const StrategyInputs& inputs) {
    using enum Grant;
    const bool of_ref = !subject.number || event.kind == EventKind::merge_group;
    // The runner of the event pull_request holds no secret, and its workflow is the fork's own to change.
    const bool nothing_to_steal = subject.trusted || !subject.privileged;
    Grants grants;
    grants.give({artifact_upload});
    if (nothing_to_steal || inputs.build_untrusted) grants.give({build});
    if (!subject.privileged) grants.give({unproven_checkout});
    if (nothing_to_steal) grants.give({entitlements, host_network, builder_options});
    if (subject.trusted) {
        grants.give({push, registry_logins, signing, build_secrets, ssh, git_token, known_secrets,
                     shared_cache_write});
        grants.service_cache_ = of_ref ? ServiceCache::of_ref : ServiceCache::own;
        grants.checkout_credentials_ = CheckoutCredentials::warned_in_context;
    } else if (!subject.privileged) {
        grants.service_cache_ = ServiceCache::own_when_asked;
        grants.checkout_credentials_ = CheckoutCredentials::warned;
    }
    return grants;
}

Grants grants_to_fetch(const Event& event) {
    Grants grants;
    if (event.kind == EventKind::ref || event.kind == EventKind::foreign) {
        grants.give({Grant::registry_logins});
    }
    return grants;
}

}  // namespace pr_image::plan
