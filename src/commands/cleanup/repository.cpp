#include "commands/cleanup/repository.hpp"

#include "async/run_workers.hpp"
#include "github/branches.hpp"
#include "github/pull_request_states.hpp"

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
        std::size_t last = 1;
        for (std::size_t next = 1; next <= std::min(last, most) && !failed_;) {
            const std::size_t count = next == 1 ? 1 : std::min(kPagesAtOnce, std::min(last, most) + 1 - next);
            const std::size_t from = next;
            co_await async::run_workers(count, at_once_,
                                        [&](std::size_t i) { return ask_page(from + i, last); });
            next += count;
            if (!states_.empty() && states_.begin()->first <= numbers.front()) break;
        }
        std::vector<PullRequestNumber> rest;
        const bool whole = (!states_.empty() && states_.begin()->first <= numbers.front()) || last <= most;
        std::ranges::copy_if(numbers, std::back_inserter(rest), [&](const PullRequestNumber& number) {
            return !whole && !states_.contains(number);
        });
        if (!failed_) co_await ask_one_by_one(std::move(rest));
    }

    asio::awaitable<void> ask_branches() {
        std::vector<std::vector<std::string>> pages(1);
        std::size_t last = 1;
        co_await ask_branch_page(1, pages, last);
        pages.resize(last);
        if (!failed_) {
            co_await async::run_workers(last - 1, at_once_,
                                        [&](std::size_t i) { return ask_branch_page(i + 2, pages, last); });
        }
        if (failed_) co_return;
        branches_.emplace();
        for (std::vector<std::string>& page : pages)
            branches_->insert(branches_->end(), page.begin(), page.end());
    }

    [[nodiscard]] const std::optional<github::Failure>& failed() const { return failed_; }
    [[nodiscard]] const github::PullRequestStates& states() const { return states_; }
    [[nodiscard]] std::optional<std::vector<std::string>> branches() const { return branches_; }

  private:
    asio::awaitable<void> ask(PullRequestNumber number) {
        auto state = co_await github::pull_request_state(api_, repository_, number);
        if (!state) {
            fail(state.error());
        } else if (*state) {
            states_.insert_or_assign(number, **state);
        }
    }

    asio::awaitable<void> ask_page(std::size_t page, std::size_t& last) {
        auto listed = co_await github::list_pull_requests(api_, repository_, page);
        if (!listed) {
            fail(listed.error());
            co_return;
        }
        if (page == 1) last = listed->last;
        states_.merge(listed->states);
    }

    asio::awaitable<void> ask_branch_page(std::size_t page, std::vector<std::vector<std::string>>& pages,
                                          std::size_t& last) {
        auto listed = co_await github::list_branches(api_, repository_, page);
        if (!listed) {
            fail(listed.error());
            co_return;
        }
        if (page == 1) last = listed->last;
        pages[page - 1] = std::move(listed->names);
    }

    void fail(const github::Failure& failure) {
        if (!failed_) failed_ = failure;
    }

    github::Api api_;
    std::string repository_;
    std::size_t at_once_;
    github::PullRequestStates states_;
    std::optional<std::vector<std::string>> branches_;
    std::optional<github::Failure> failed_;
};

/// The event's own word on its pull request, for tokens that may not ask.
bool says_closed(const plan::Event& event, const std::vector<PullRequestNumber>& numbers) {
    return event.pull_request && event.pull_request->closed && numbers.size() == 1 &&
           numbers.front() == event.pull_request->number;
}

}  // namespace

asio::awaitable<Outcome<OpenPullRequests>> ask_repository(github::Api api, const plan::Event& event,
                                                          std::vector<PullRequestNumber> numbers,
                                                          bool branches, std::size_t at_once) {
    Inquiry inquiry(std::move(api), event.repository, at_once);
    if (numbers.size() <= kFewPullRequests) {
        co_await inquiry.ask_one_by_one(numbers);
    } else {
        co_await inquiry.ask_by_pages(numbers);
    }
    const bool closed_by_event = says_closed(event, numbers);
    if (const std::optional<github::Failure>& failed = inquiry.failed()) {
        if (!closed_by_event || failed->kind == github::FailureKind::cancelled) {
            co_return std::unexpected(Trouble{failed->kind == github::FailureKind::limited, failed->error});
        }
    }
    OpenPullRequests known;
    for (const auto& [number, state] : inquiry.states()) {
        known.pull_requests[number] = {.open = state.open, .closed_at = state.closed_at};
    }
    if (closed_by_event) {
        known.pull_requests.try_emplace(numbers.front(),
                                        plan::cleanup::PullRequestState{.open = false, .closed_at = {}});
    }
    // Branches that cannot be listed count as there: their images stay, with that reason.
    if (branches) {
        co_await inquiry.ask_branches();
        known.branches = inquiry.branches();
    }
    co_return known;
}

}  // namespace pr_image::commands::cleanup
