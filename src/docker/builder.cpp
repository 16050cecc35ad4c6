#include "docker/builder.hpp"

#include "docker/terminal_text.hpp"
#include "process/read_file.hpp"
#include "process/subprocess.hpp"
#include "text/json.hpp"
#include "text/strings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace pr_image::docker {
namespace {

constexpr std::size_t kLargestRecord = std::size_t{1} << 20U;

/// buildx's own rule for names, which are file names in its store.
bool is_builder_name(std::string_view name) {
    return !name.empty() && (text::is_word(name.front()) && name.front() != '_') &&
           std::ranges::all_of(name, [](char c) { return text::is_word(c) || c == '-' || c == '.'; });
}

/// What a short buildx command printed, and its own words when it failed.
struct Answer {
    process::ExitStatus status;
    std::string printed;
    std::string complaint;
};

boost::asio::awaitable<Result<Answer>> ask(std::vector<std::string> argv,
                                           std::vector<std::string> environment,
                                           process::Interruption* interruption) {
    Answer answer;
    process::Command command;
    command.argv = std::move(argv);
    command.environment = std::move(environment);
    command.line_limit = 4096;
    command.on_stdout = [&answer](const process::Line& line) {
        if (answer.printed.size() < kLargestRecord) answer.printed += std::string(line.text) + "\n";
    };
    command.on_stderr = [&answer](const process::Line& line) {
        const std::string said = plain_line(line.text, 1000);
        if (!text::trim(said).empty()) answer.complaint = said;
    };
    Result<process::ExitStatus> status = co_await process::run(std::move(command), interruption);
    if (!status) co_return std::unexpected(std::move(status.error()));
    answer.status = *status;
    co_return answer;
}

std::string why(const Answer& answer) {
    std::string_view said = answer.complaint;
    if (said.starts_with("ERROR: ")) said.remove_prefix(7);
    return said.empty() ? process::to_string(answer.status) : text::printable(said, 500);
}

}  // namespace

std::optional<std::string> recorded_driver(const std::string& builders_folder, const std::string& name) {
    if (builders_folder.empty() || !is_builder_name(name)) return std::nullopt;
    const auto file =
        process::read_file(fmt::format("{}/instances/{}", builders_folder, name), kLargestRecord);
    if (!file) return std::nullopt;
    const std::optional<std::string>& content = *file;
    if (!content) return std::nullopt;
    const Result<boost::json::value> record = text::parse_json(*content, "the builder's record");
    if (!record) return std::nullopt;
    std::string driver = text::json_string(*record, "Driver");
    return driver.empty() ? std::nullopt : std::optional(std::move(driver));
}

std::optional<std::string> inspected_driver(std::string_view printed) {
    constexpr std::string_view kField = "Driver:";
    for (const std::string_view line : text::lines(printed)) {
        if (line.starts_with(kField)) return std::string(text::trim(line.substr(kField.size())));
    }
    return std::nullopt;
}

std::vector<std::string> create_argv(const plan::Builder& builder, std::vector<std::string> program) {
    std::vector<std::string> argv = std::move(program);
    argv.emplace_back("create");
    argv.push_back("--name=" + builder.name);
    argv.push_back(fmt::format("--driver={}", plan::to_string(builder.driver)));
    for (const std::string& option : builder.driver_opts)
        argv.push_back("--driver-opt=" + option);
    if (!builder.buildkitd_config.empty()) argv.push_back("--buildkitd-config=" + builder.buildkitd_config);
    if (!builder.endpoint.empty()) {
        argv.emplace_back("--");
        argv.push_back(builder.endpoint);
    }
    return argv;
}

boost::asio::awaitable<Result<std::string>> builder_driver(Buildx buildx,
                                                           std::vector<std::string> environment,
                                                           std::string builders_folder, std::string name) {
    if (std::optional<std::string> recorded = recorded_driver(builders_folder, name)) co_return *recorded;
    std::vector<std::string> argv = buildx.program;
    argv.insert(argv.end(), {"inspect", "--", name});
    const Result<Answer> answer = co_await ask(std::move(argv), std::move(environment), nullptr);
    if (!answer) co_return std::unexpected(answer.error());
    const std::optional<std::string> driver = inspected_driver(answer->printed);
    if (!answer->status.ok() || !driver) {
        co_return text::fail(
            fmt::format("No builder '{}'", text::printable(name)), why(*answer),
            "Name a builder that an earlier step of this job made for containers, or leave input "
            "builder out");
    }
    co_return *driver;
}

boost::asio::awaitable<Result<void>> remove_builder(std::string name, Buildx buildx,
                                                    std::vector<std::string> environment,
                                                    process::Interruption* interruption) {
    std::vector<std::string> argv = std::move(buildx.program);
    argv.insert(argv.end(), {"rm", "--force", "--", name});
    const Result<Answer> answer = co_await ask(std::move(argv), std::move(environment), interruption);
    if (!answer) co_return std::unexpected(answer.error());
    if (!answer->status.ok()) {
        co_return text::fail(fmt::format("Cannot remove the builder '{}'", text::printable(name)),
                             why(*answer));
    }
    co_return Result<void>();
}

boost::asio::awaitable<Result<void>> ensure_builder(plan::Builder builder, Buildx buildx,
                                                    std::vector<std::string> environment,
                                                    std::string builders_folder,
                                                    process::Interruption* interruption) {
    const bool own = builder.driver == plan::Driver::docker;
    if (own || builder.existing || recorded_driver(builders_folder, builder.name)) co_return Result<void>();
    std::vector<std::string> argv = create_argv(builder, buildx.program);
    const Result<Answer> answer = co_await ask(std::move(argv), std::move(environment), interruption);
    if (!answer) co_return std::unexpected(answer.error());
    if (!answer->status.ok()) {
        co_return text::fail(fmt::format("Cannot make the builder '{}'", text::printable(builder.name)),
                             why(*answer),
                             "Check the inputs driver, driver-opts, buildkitd-config and endpoint");
    }
    co_return Result<void>();
}

}  // namespace pr_image::docker
