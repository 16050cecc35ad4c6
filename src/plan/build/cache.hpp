#pragma once

#include "plan/facts.hpp"
#include "plan/inputs.hpp"
#include "plan/plan.hpp"
#include "plan/who/event.hpp"
#include "plan/who/subject.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace pr_image::plan {

/// Where a build reads layers from and writes them to.
struct CacheChoice {
    std::vector<CacheEntry> from;
    std::vector<CacheEntry> to;
    bool uses_service = false;  ///< buildx needs the run's cache token
    std::vector<Warning> warnings;
};

/// Gives the caches. Inputs `cache-from` and `cache-to` win over `cache`. A fork's build writes no cache but
/// the one that GitHub keeps apart for its own pull request, and that only when the workflow asks for it
/// (`cache: gha` or a `type=gha` entry on pull_request) and the service's token can write no other: it is a
/// credential, and a Dockerfile frontend chosen by the fork is handed it. An entry that cannot work is left
/// out with a warning. Rules: README, "How it stays safe".
CacheChoice choose_cache(const Event& event, const Inputs& inputs, const Subject& subject,
                         const ImageName& image, Strategy strategy, const Facts& facts);

}  // namespace pr_image::plan
