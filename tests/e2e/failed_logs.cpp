#include "e2e/failed_logs.hpp"

#include <catch2/reporters/catch_reporter_event_listener.hpp>
#include <catch2/reporters/catch_reporter_registrars.hpp>
#include <fmt/format.h>

#include <cstdio>
#include <vector>

namespace pr_image::e2e {
namespace {

std::vector<std::string>& logs() {
    static std::vector<std::string> all;
    return all;
}

/// A failed check says little without what the action said.
class FailedLogs : public Catch::EventListenerBase {
  public:
    using EventListenerBase::EventListenerBase;

    void testCaseStarting(const Catch::TestCaseInfo& /*info*/) override { logs().clear(); }
    void testCaseEnded(const Catch::TestCaseStats& stats) override {
        if (stats.totals.assertions.failed == 0) return;
        for (std::size_t i = 0; i < logs().size(); ++i) {
            fmt::print("---- log of step {} of {}\n{}\n", i + 1, logs().size(), logs()[i]);
        }
        fmt::print("----\n");
        std::fflush(stdout);
    }
};

CATCH_REGISTER_LISTENER(FailedLogs)

}  // namespace

void keep_log(std::string log) {
    logs().push_back(std::move(log));
}

}  // namespace pr_image::e2e
