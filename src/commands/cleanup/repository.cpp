#include "commands/cleanup/repository.hpp"

#include "async/run_workers.hpp"
#include "commands/cleanup/pages.hpp"
#include "github/branches.hpp"
#include "github/pull_request_states.hpp"
#include "text/try.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace pr_image::commands::cleanup {

namespace asio = boost::asio;
using plan::cleanup::OpenPullRequests;

namespace {

/// Up to so many are asked for by number; for more, pages of a hundred are likely to be fewer.
constexpr std::size_t kFewPullRequests = 20;
constexpr std::size_t kPagesAtOnce = 8;

class Inquiry {
  public:
    Inquiry(github::Api api, std::string repository, std::size_t at_once)
        : api_(std::move(api)), repository_(std::move(repository)), at_once_(at_once) {}

    asio::awaitable<void> ask_one_by_one(std::vector<PullRequestNumber> numbers) {
        co_await async::run_workers(numbers.size(), at_once_, [&](std::size_t i) { return ask(numbers[i]); });
    }

    /// Newest first, until the lowest number is passed or the pages are as many as the numbers.
    asio::awaitable<void> ask_by_pages(std::vector<PullRequestNumber> numbers) {
        const std::size_t most = numbers.size();
        const auto passed = [&] { return !states_.empty() && states_.begin()->first <= numbers.front(); };
        github::PageLinks links{.next = 1, .last = {}};
        while (links.next && *links.next <= most && !failed_ && !passed()) {
            const std::size_t from = *links.next;
            const std::size_t known = links.last ? std::min(*links.last, most) : from;
            const std::size_t count =
                std::clamp<std::size_t>(known + 1 - std::min(from, known), 1, kPagesAtOnce);
            const std::size_t highest = from + count - 1;
            co_await async::run_workers(count, at_once_, [&](std::size_t i) {
                return ask_page(from + i, from + i == highest ? &links : nullptr);
            });
        }
        if (failed_ || passed() || !links.next) co_return;
        std::vector<PullRequestNumber> rest;
        std::ranges::copy_if(numbers, std::back_inserter(rest),
                             [&](const PullRequestNumber& number) { return !states_.contains(number); });
        co_await ask_one_by_one(std::move(rest));
    }

    asio::awaitable<void> ask_branches() {
        std::vector<github::Branch> all;
        const ReadPage read = [&](std::size_t page) -> asio::awaitable<github::Outcome<github::PageLinks>> {
            github::Outcome<github::BranchPage> listed =
                co_await github::list_branches(api_, repository_, page);
            if (!listed) co_return std::unexpected(std::move(listed).error());
            all.insert(all.end(), listed->branches.begin(), listed->branches.end());
            co_return listed->pages;
        };
        github::Outcome<github::PageLinks> first = co_await read(1);
        if (!first) {
            fail(first.error());
            co_return;
        }
        const std::optional<github::Failure> failed = co_await read_further_pages(*first, at_once_, read);
        if (failed) {
            fail(*failed);
        } else {
            branches_ = std::move(all);
        }
    }

    [[nodiscard]] const std::optional<github::Failure>& failed() const { return failed_; }
    [[nodiscard]] const github::PullRequestStates& states() const { return states_; }
    [[nodiscard]] const std::optional<std::vector<github::Branch>>& branches() const { return branches_; }

  private:
    asio::awaitable<void> ask(PullRequestNumber number) {
        auto state = co_await github::pull_request_state(api_, repository_, number);
        if (!state) {
            fail(state.error());
        } else if (*state) {
            states_.insert_or_assign(number, **state);
        }
    }

    asio::awaitable<void> ask_page(std::size_t page, github::PageLinks* links) {
        github::Outcome<github::PullRequestPage> listed =
            co_await github::list_pull_requests(api_, repository_, page);
        if (!listed) {
            fail(listed.error());
            co_return;
        }
        if (links != nullptr) *links = listed->pages;
        states_.merge(listed->states);
    }

    void fail(const github::Failure& failure) {
        if (!failed_) failed_ = failure;
    }

    github::Api api_;
    std::string repository_;
    std::size_t at_once_;
    github::PullRequestStates states_;
    std::optional<std::vector<github::Branch>> branches_;
    std::optional<github::Failure> failed_;
};

/// Whether the event says that the one pull request in question is closed.
bool says_closed(const plan::Event& event, const std::vector<PullRequestNumber>& numbers) {
    return event.pull_request && event.pull_request->closed && numbers.size() == 1 &&
           numbers.front() == event.pull_request->number;
}

/// What to do where the token may not see the event's own pull request.
Outcome<void> believe_event(const plan::Event& event, const std::string& why, Repository& repository) {
    const PullRequestNumber& number = event.pull_request->number;
    const std::string what = fmt::format("Cannot look at pull request #{}", number.string());
    constexpr std::string_view fix = "Give the job `permissions: pull-requests: read`.";
    if (event.run_attempt != "1") {
        return std::unexpected(
            Trouble{false,
                    {what,
                     fmt::format("{}. This run was started again, and the pull request may have been opened "
                                 "again since its event",
                                 why),
                     std::string(fix)}});
    }
    repository.known.pull_requests[number] = {.open = false, .closed_at = {}, .head_sha = {}};
    repository.remarks.push_back(fmt::format(
        "whether pull request #{} was opened again could not be seen ({}): it counts as closed, as "
        "the event says. {}",
        number.string(), why, fix));
    return {};
}

/// GitHub shows a token without the right to it nothing at all, as if the pull requests did not exist.
void remark_on_unknown(const std::vector<PullRequestNumber>& numbers, Repository& repository) {
    if (numbers.empty() || !repository.known.pull_requests.empty()) return;
    repository.remarks.push_back(fmt::format(
        "GitHub shows this token no pull request that the tags name, such as #{}: their images stay. "
        "If it exists, give the job `permissions: pull-requests: read`.",
        numbers.front().string()));
}

}  // namespace

asio::awaitable<Outcome<Repository>> ask_repository(github::Api api, const plan::Event& event,
                                                    std::vector<PullRequestNumber> numbers, bool branches,
                                                    std::size_t at_once) {
    Inquiry inquiry(std::move(api), event.repository, at_once);
    if (numbers.size() <= kFewPullRequests) {
        co_await inquiry.ask_one_by_one(numbers);
    } else {
        co_await inquiry.ask_by_pages(numbers);
    }
    Repository repository;
    for (const auto& [number, state] : inquiry.states()) {
        repository.known.pull_requests[number] = {
            .open = state.open, .closed_at = state.closed_at, .head_sha = state.head_sha};
    }
    const bool closed_by_event = says_closed(event, numbers);
    if (const std::optional<github::Failure>& failed = inquiry.failed()) {
        const bool hidden = failed->kind == github::FailureKind::refused;
        if (!closed_by_event || !hidden) {
            co_return std::unexpected(Trouble{failed->kind == github::FailureKind::limited, failed->error});
        }
        CO_TRY(believe_event(event, failed->error.why, repository));
    } else if (closed_by_event && repository.known.pull_requests.empty()) {
        CO_TRY(believe_event(event, "GitHub's API answered 404", repository));
    }
    remark_on_unknown(numbers, repository);
    if (!branches) co_return repository;
    // Branches that cannot be listed count as there: their images stay, with that reason.
    co_await inquiry.ask_branches();
    if (const std::optional<std::vector<github::Branch>>& all = inquiry.branches()) {
        repository.known.branches.emplace();
        for (const github::Branch& branch : *all) {
            repository.known.branches->push_back(branch.name);
            repository.known.branch_heads[branch.name] = branch.head;
        }
    }
    co_return repository;
}

}  // namespace pr_image::commands::cleanup
