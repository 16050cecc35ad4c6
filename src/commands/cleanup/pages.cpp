#include "commands/cleanup/pages.hpp"

#include "async/run_workers.hpp"

#include <utility>

namespace pr_image::commands::cleanup {

namespace asio = boost::asio;

asio::awaitable<std::optional<github::Failure>> read_further_pages(github::PageLinks first,
                                                                   std::size_t at_once, ReadPage read) {
    std::optional<std::size_t> next = first.next;
    std::optional<github::Failure> failed;
    if (next && first.last && *first.last > *next) {
        const std::size_t last = *first.last;
        const auto read_one = [&](std::size_t i) -> asio::awaitable<void> {
            if (failed) co_return;
            github::Outcome<github::PageLinks> links = co_await read(i + 2);
            if (!links) {
                if (!failed) failed = std::move(links).error();
            } else if (i + 2 == last) {
                next = links->next;
            }
        };
        co_await async::run_workers(last - 1, at_once, read_one);
    }
    while (next && !failed) {
        github::Outcome<github::PageLinks> links = co_await read(*next);
        if (links) {
            next = links->next;
        } else {
            failed = std::move(links).error();
        }
    }
    co_return failed;
}

}  // namespace pr_image::commands::cleanup
