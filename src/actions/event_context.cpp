#include "actions/event_context.hpp"

#include "process/read_file.hpp"
#include "text/try.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

namespace pr_image::actions {
namespace {

constexpr std::size_t kLargestPayload = std::size_t{25} << 20U;

Result<std::string> read_payload(const std::string& path) {
    constexpr const char* kWhat = "Cannot read the event";
    constexpr const char* kFix =
        "Run this as a step of a workflow, or point GITHUB_EVENT_PATH at a payload and set GITHUB_EVENT_NAME";
    auto content = process::read_file(path, kLargestPayload);
    if (!content) {
        const Error& error = content.error();
        return text::fail(kWhat, fmt::format("GITHUB_EVENT_PATH: {}: {}", error.what, error.why), kFix);
    }
    std::optional<std::string>& payload = *content;
    if (!payload) {
        return text::fail(
            kWhat, fmt::format("GITHUB_EVENT_PATH names '{}', which is not there", text::printable(path)),
            kFix);
    }
    return std::move(*payload);
}

}  // namespace

Result<plan::EventContext> read_event_context(const Environment& environment) {
    plan::EventContext context;
    if (const auto path = environment.get("GITHUB_EVENT_PATH")) {
        TRY_ASSIGN(context.payload, read_payload(std::string(*path)));
    }
    context.event_name = environment.value("GITHUB_EVENT_NAME");
    context.repository = environment.value("GITHUB_REPOSITORY");
    context.repository_id = environment.value("GITHUB_REPOSITORY_ID");
    context.ref = environment.value("GITHUB_REF");
    context.sha = environment.value("GITHUB_SHA");
    context.actor = environment.value("GITHUB_ACTOR");
    context.run_id = environment.value("GITHUB_RUN_ID");
    context.run_attempt = environment.value("GITHUB_RUN_ATTEMPT");
    context.server_url = environment.value("GITHUB_SERVER_URL", "https://github.com");
    context.workspace = environment.value("GITHUB_WORKSPACE");
    if (context.workspace.empty()) {
        std::error_code unreadable;
        context.workspace = std::filesystem::current_path(unreadable).string();
    }
    return context;
}

}  // namespace pr_image::actions
