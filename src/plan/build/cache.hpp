#pragma once

#include "plan/facts.hpp"
#include "plan/inputs.hpp"
#include "plan/plan.hpp"
#include "plan/who/event.hpp"
#include "plan/who/grants.hpp"
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
    std::vector<std::string> remarks;  ///< sentences for the log
};

/// Gives the caches. Inputs `cache-from` and `cache-to` win over `cache`. The service's token is a credential
/// that a Dockerfile frontend is handed: a pull request's build, the repository's own too, meets it only
/// where it can write no cache but the one that GitHub keeps apart for that pull request, and a fork's only
/// where the workflow asks for it (`cache: gha` or a `type=gha` entry). An entry that cannot work, or
/// brings a credential that is not granted, is left out with a warning. Rules: README, "How it stays safe".
CacheChoice choose_cache(const Event& event, const Inputs& inputs, const Subject& subject,
                         const Grants& grants, const ImageName& image, Strategy strategy,
                         const CacheServiceFacts& service);

}  // namespace pr_image::plan
