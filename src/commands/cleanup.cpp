#include "commands/cleanup.hpp"

#include "commands/cleanup/carry_out.hpp"
#include "commands/cleanup/prepare.hpp"
#include "commands/cleanup/report.hpp"
#include "commands/cleanup/repository.hpp"
#include "text/try.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace pr_image::commands {

namespace asio = boost::asio;
namespace rules = plan::cleanup;

namespace {

/// Gathers, selects and carries out for one image; the report says how it went.
asio::awaitable<cleanup::Shown> clean_up_image(Session& session, cleanup::Preparation& preparation,
                                               ImageName image) {
    const std::unique_ptr<cleanup::Backend> backend = preparation.backend(image);
    cleanup::Outcome<rules::Inventory> inventory = co_await backend->list();
    if (!inventory) co_return preparation.report(image, inventory.error());

    const rules::Policy& policy = preparation.policy();
    std::vector<PullRequestNumber> numbers = rules::pull_requests_in(*inventory, policy);
    const bool branches = rules::branches_matter(*inventory, policy, preparation.now());
    cleanup::Outcome<cleanup::Repository> repository = co_await cleanup::ask_repository(
        preparation.api(), session.event, std::move(numbers), branches, preparation.inputs().concurrency);
    if (!repository) co_return preparation.report(image, repository.error());
    std::vector<std::string> remarks = std::move(repository->remarks);

    rules::Execution execution(*std::move(inventory), std::move(repository->known), policy,
                               preparation.orders(*backend));
    const cleanup::AskPullRequests ask = [&](std::vector<PullRequestNumber> more)
        -> asio::awaitable<cleanup::Outcome<rules::OpenPullRequests>> {
        cleanup::Outcome<cleanup::Repository> answer = co_await cleanup::ask_repository(
            preparation.api(), session.event, std::move(more), false, preparation.inputs().concurrency);
        if (!answer) co_return std::unexpected(std::move(answer).error());
        remarks.insert(remarks.end(), answer->remarks.begin(), answer->remarks.end());
        co_return std::move(answer->known);
    };
    const cleanup::Outcome<void> ended = co_await cleanup::carry_out(*backend, execution, ask);
    co_return preparation.report(image, *backend, execution, ended, std::move(remarks));
}

asio::awaitable<std::vector<cleanup::Shown>> clean_up_images(Session& session,
                                                             cleanup::Preparation& preparation) {
    std::vector<cleanup::Shown> images;
    for (const ImageName& image : preparation.images()) {
        const actions::Log::Group group(session.log, "Clean-up of " + image.string());
        cleanup::Shown shown = co_await clean_up_image(session, preparation, image);
        images.push_back(std::move(shown));
    }
    co_return images;
}

}  // namespace

asio::awaitable<Result<void>> clean_up(Session& session) {
    using asio::experimental::awaitable_operators::operator||;
    CO_TRY_ASSIGN(cleanup::Preparation preparation, cleanup::Preparation::make(session));

    auto all = clean_up_images(session, preparation) || session.interruption.wait();
    auto first = co_await std::move(all);
    if (first.index() == 1) {
        co_return text::fail("Cancelled", "a signal came in the middle of the clean-up",
                             "Nothing that is kept is harmed, and the next run finishes it.");
    }
    preparation.save_cache();
    co_return cleanup::finish(session, std::get<0>(first));
}

}  // namespace pr_image::commands
