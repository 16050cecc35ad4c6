#include "github/artifacts/upload.hpp"

#include "text/map_error.hpp"
#include "text/try.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace pr_image::github::artifacts {

namespace {

namespace asio = boost::asio;
using text::fail;

std::unexpected<Error> taken(const ArtifactName& name, std::string why) {
    return fail(fmt::format("Artifact name '{}' is taken", text::printable(name.string())), std::move(why),
                "Give each job that builds an image of its own a `variant`, or remove the other upload: an "
                "artifact's name is unique within a run.");
}

// A name is ours to free when this job reserved it: the service keeps the job's id with every artifact, and
// the token says which one is ours. Re-run jobs and steps that are tried again meet their own artifact here.
asio::awaitable<Result<void>> free_name(ResultsService service, ArtifactName name) {
    CO_TRY_ASSIGN(const std::vector<Listed> listed, text::without_kind(co_await service.list(name)));
    JobScope owner = service.scope();
    if (!listed.empty()) {
        const auto own = std::ranges::find_if(
            listed, [&](const Listed& artifact) { return artifact.owner.job == service.scope().job; });
        const bool other_in_this_attempt = std::ranges::any_of(listed, [&](const Listed& artifact) {
            return artifact.owner.run == service.scope().run && artifact.owner.job != service.scope().job;
        });
        if (own == listed.end() || other_in_this_attempt) {
            co_return taken(name, "another job of this run has made an artifact of that name");
        }
        owner = own->owner;
    }
    // Not in the list: reserved but never completed, by us or by a job that is uploading right now. The
    // request names our own job, so it cannot reach the other one's.
    Answer<void> removed = co_await service.remove(name, owner);
    if (removed) co_return Result<void>{};
    if (removed.error().status == 404 && listed.empty()) {
        co_return taken(name, "another job of this run is uploading an artifact of that name");
    }
    if (removed.error().status == 404) co_return Result<void>{};
    co_return std::unexpected(std::move(removed).error().error);
}

// The service may have carried out a finalize whose answer was lost: then the artifact is there as we made
// it.
asio::awaitable<std::optional<std::uint64_t>> find_completed(ResultsService service, ArtifactName name,
                                                             Sent sent) {
    const Answer<std::vector<Listed>> listed = co_await service.list(name);
    if (!listed) co_return std::nullopt;
    const auto own = std::ranges::find_if(*listed, [&](const Listed& artifact) {
        return artifact.owner == service.scope() && artifact.size == sent.size &&
               artifact.digest == sent.digest;
    });
    if (own == listed->end()) co_return std::nullopt;
    co_return own->id;
}

}  // namespace

std::optional<std::chrono::sys_seconds> expiry(std::chrono::sys_seconds now, unsigned int days,
                                               unsigned int longest) {
    if (days == 0) return std::nullopt;
    return now + std::chrono::days(longest == 0 ? days : std::min(days, longest));
}

asio::awaitable<Result<Uploaded>> upload(ResultsService service, ArtifactName name, std::string path,
                                         UploadOptions options) {
    const std::string content_type = options.transfer.content_type;
    bool replaced = false;
    Answer<http::Url> url = co_await service.create(name, content_type, options.expires_at);
    if (!url && url.error().status == 409) {
        CO_TRY(co_await free_name(service, name));
        replaced = true;
        url = co_await service.create(name, content_type, options.expires_at);
        if (!url && url.error().status == 409) {
            co_return taken(name,
                            "another job of this run took the name while this one was replacing its own");
        }
    }
    CO_TRY_ASSIGN(http::Url target, text::without_kind(std::move(url)));

    Result<Sent> sent = co_await upload_blocks(service.client(), std::move(target), std::move(path),
                                               std::move(options.transfer));
    if (!sent) {
        // Best effort: a reservation that stays only costs the next attempt one more request.
        ResultsService once = service;
        once.set_retry({.attempts = 1, .any_method = true});
        Answer<void> ignored = co_await once.remove(name, service.scope());
        co_return std::unexpected(std::move(sent).error());
    }

    Answer<std::uint64_t> id = co_await service.finalize(name, sent->size, sent->digest);
    if (!id) {
        const std::optional<std::uint64_t> completed = co_await find_completed(service, name, *sent);
        if (!completed) co_return std::unexpected(std::move(id).error().error);
        id = *completed;
    }
    co_return Uploaded{.id = *id, .size = sent->size, .digest = sent->digest, .replaced = replaced};
}

}  // namespace pr_image::github::artifacts
