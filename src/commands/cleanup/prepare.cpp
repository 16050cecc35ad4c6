#include "commands/cleanup/prepare.hpp"

#include "actions/inputs.hpp"
#include "actions/random.hpp"
#include "commands/cleanup/github_backend.hpp"
#include "commands/cleanup/oci_backend.hpp"
#include "plan/names/names.hpp"
#include "plan/who/strategy.hpp"
#include "text/strings.hpp"
#include "text/try.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace pr_image::commands::cleanup {

namespace rules = plan::cleanup;

namespace {

/// A package is listed and deleted with the credentials of its registry, if there are some.
plan::Secret package_token(const Session& session, const ImageName& image) {
    const std::optional<plan::RegistryLogin> login =
        plan::login_for(image.host(), session.event, session.inputs);
    return login ? login->password : session.inputs.credentials.token;
}

github::OwnerKind owner_kind(const plan::Event& event, const ImageName& image) {
    const std::string owner = text::to_lower(event.repository.substr(0, event.repository.find('/')));
    if (image.path().substr(0, image.path().find('/')) != owner) return github::OwnerKind::unknown;
    if (event.owner_type == "Organization") return github::OwnerKind::organization;
    return event.owner_type == "User" ? github::OwnerKind::user : github::OwnerKind::unknown;
}

rules::BackendKind backend_kind(const Session& session, const ImageName& image, const rules::Inputs& inputs) {
    return rules::backend_for(image.host(), session.event, inputs.backend);
}

}  // namespace

Preparation::Preparation(Session& session, rules::Inputs inputs, std::vector<ImageName> images,
                         ManifestCache cache)
    : session_(session),
      inputs_(std::move(inputs)),
      policy_(rules::make_policy(session.event, session.inputs, inputs_)),
      images_(std::move(images)),
      cache_(std::move(cache)) {}

Result<Preparation> Preparation::make(Session& session) {
    TRY_ASSIGN(rules::Inputs inputs,
               rules::parse_inputs(actions::read_inputs(session.environment), session.paths));
    TRY_ASSIGN(std::vector<ImageName> images, plan::image_names(session.event, session.inputs));
    for (const ImageName& image : images) {
        const bool github = backend_kind(session, image, inputs) == rules::BackendKind::github;
        if (github && package_token(session, image).empty()) {
            return text::fail("Invalid input 'token'",
                              fmt::format("it is empty, and {} cannot be listed without one", image.string()),
                              "Leave it out, or give it ${{ github.token }}.");
        }
    }
    ManifestCache cache;
    if (inputs.cache_file) {
        TRY_ASSIGN(cache, ManifestCache::open(*inputs.cache_file));
    }
    return Preparation(session, std::move(inputs), std::move(images), std::move(cache));
}

std::unique_ptr<Backend> Preparation::backend(const ImageName& image) {
    // A dry run never writes, and works with a token that may not.
    const registry::Access access = inputs_.dry_run ? registry::Access::pull : registry::Access::push;
    if (backend_kind(session_, image, inputs_) == rules::BackendKind::oci) {
        return std::make_unique<OciBackend>(
            session_.registries, cache_,
            OciBackend::Options{.image = image, .access = access, .at_once = inputs_.concurrency});
    }
    const plan::Secret token = package_token(session_, image);
    const bool own = token.reveal() == session_.inputs.credentials.token.reveal();
    const github::Api api =
        own ? session_.github
            : github::Api(session_.http, {.url = session_.runtime.api_url, .token = token.reveal()});
    return std::make_unique<GithubBackend>(
        api, session_.registries, cache_,
        GithubBackend::Options{.image = image,
                               .server_url = session_.event.server_url,
                               .owner = owner_kind(session_.event, image),
                               .access = access,
                               .at_once = inputs_.concurrency,
                               .list_twice = policy_.untagged && !policy_.only});
}

rules::Timestamp Preparation::now() const {
    const auto here = std::chrono::system_clock::now();
    return std::chrono::floor<std::chrono::seconds>(
        std::min(here, session_.http.server_time().value_or(here)));
}

rules::Orders Preparation::orders(const Backend& backend) const {
    return {.traits = backend.traits(),
            .dry_run = inputs_.dry_run,
            .most = backend.budget(),
            .journal_name = fmt::format("{}-{}-{}", session_.event.run_id, session_.event.run_attempt,
                                        actions::system_token().substr(0, 8)),
            .now = now()};
}

Shown Preparation::report(const ImageName& image, const Trouble& trouble) const {
    rules::Report report;
    report.image = image.string();
    report.dry_run = inputs_.dry_run;
    // Nobody named this image: a repository that has never pushed one has nothing to clean up.
    const bool unnamed = trouble.absent && session_.inputs.naming.images.empty();
    if (trouble.limited || unnamed) {
        report.notes.push_back(text::to_string(trouble.error));
        session_.log.warning({trouble.error.what, text::to_string(trouble.error), {}, {}});
    } else {
        report.error = trouble.error;
        session_.log.line(text::to_string(trouble.error));
    }
    return {std::move(report), {}};
}

Shown Preparation::report(const ImageName& image, const Backend& backend, const rules::Execution& execution,
                          const Outcome<void>& ended, std::vector<std::string> remarks) {
    for (const rules::Node& node : execution.inventory().nodes()) {
        if (node.presence == rules::Presence::gone) continue;
        seen_.insert(node.digest);
        if (node.config) seen_.insert(*node.config);
    }
    rules::Report report = rules::make_report(image, execution, inputs_.dry_run);
    report.notes.insert(report.notes.begin(), remarks.begin(), remarks.end());
    const std::optional<rules::Outcome>& stopped = execution.stopped();
    if (stopped && stopped->kind == rules::Outcome::Kind::denied) {
        report.error = Error{fmt::format("Cannot delete versions of {}", image.string()), stopped->why,
                             backend.how_to_allow_deletion()};
    } else if (!ended && !ended.error().limited) {
        report.error = ended.error().error;
    }
    show(session_, report, backend);
    Shown shown{std::move(report), {}};
    for (const rules::Line& line : shown.report.lines)
        shown.restore.push_back(backend.restore_command(line.id));
    return shown;
}

void Preparation::save_cache() {
    const Result<void> saved = cache_.save([&](const Digest& digest) { return seen_.contains(digest); });
    if (!saved) session_.log.warning({saved.error().what, text::to_string(saved.error()), {}, {}});
}

}  // namespace pr_image::commands::cleanup
