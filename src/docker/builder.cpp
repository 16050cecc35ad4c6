#include "docker/builder.hpp"

#include "docker/terminal_text.hpp"
#include "process/read_file.hpp"
#include "process/subprocess.hpp"
#include "text/json.hpp"
#include "text/strings.hpp"
#include "text/try.hpp"

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
    CO_TRY_ASSIGN(answer.status, co_await process::run(std::move(command), interruption));
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

std::vector<std::string> inspected_platforms(std::string_view printed) {
    constexpr std::string_view kField = "Platforms:";
    std::vector<std::string> platforms;
    for (const std::string_view line : text::lines(printed)) {
        if (!line.starts_with(kField)) continue;
        for (std::string_view platform : text::split(line.substr(kField.size()), ',')) {
            platform = text::trim(platform);
            // Those that somebody has given to the node by hand are marked.
            if (platform.ends_with('*')) platform.remove_suffix(1);
            if (!platform.empty()) platforms.emplace_back(platform);
        }
    }
    return platforms;
}

boost::asio::awaitable<Result<std::vector<std::string>>> builder_platforms(
    Buildx buildx, std::vector<std::string> environment, std::string name,
    process::Interruption* interruption) {
    std::vector<std::string> argv = buildx.program;
    argv.insert(argv.end(), {"inspect", "--bootstrap", "--", name});
    CO_TRY_ASSIGN(const Answer answer, co_await ask(std::move(argv), std::move(environment), interruption));
    if (!answer.status.ok()) {
        co_return text::fail(
            fmt::format("Cannot ask the builder '{}' for its platforms", text::printable(name)), why(answer));
    }
    co_return inspected_platforms(answer.printed);
}

std::vector<std::vector<std::string>> create_argvs(const plan::Builder& builder,
                                                   const std::vector<std::string>& program) {
    std::vector<plan::BuilderNode> nodes = builder.nodes;
    if (nodes.empty()) nodes.push_back({.platforms = {}, .endpoint = builder.endpoint, .driver_opts = {}});
    std::vector<std::vector<std::string>> argvs;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        std::vector<std::string> argv = program;
        argv.emplace_back("create");
        if (i != 0) argv.emplace_back("--append");
        argv.push_back("--name=" + builder.name);
        if (!builder.nodes.empty()) argv.push_back(fmt::format("--node={}{}", builder.name, i));
        argv.push_back(fmt::format("--driver={}", plan::to_string(builder.driver)));
        if (!nodes[i].platforms.empty()) argv.push_back("--platform=" + text::join(nodes[i].platforms, ","));
        std::vector<plan::DriverOption> options = builder.driver_opts;
        options.insert(options.end(), nodes[i].driver_opts.begin(), nodes[i].driver_opts.end());
        for (const plan::DriverOption& option : options)
            argv.push_back("--driver-opt=" + option.text());
        if (builder.buildkitd_config)
            argv.push_back("--buildkitd-config=" + builder.buildkitd_config->string());
        if (!nodes[i].endpoint.empty()) argv.insert(argv.end(), {"--", nodes[i].endpoint});
        argvs.push_back(std::move(argv));
    }
    return argvs;
}

boost::asio::awaitable<Result<std::string>> builder_driver(Buildx buildx,
                                                           std::vector<std::string> environment,
                                                           std::string builders_folder, std::string name) {
    if (std::optional<std::string> recorded = recorded_driver(builders_folder, name)) co_return *recorded;
    std::vector<std::string> argv = buildx.program;
    argv.insert(argv.end(), {"inspect", "--", name});
    CO_TRY_ASSIGN(const Answer answer, co_await ask(std::move(argv), std::move(environment), nullptr));
    const std::optional<std::string> driver = inspected_driver(answer.printed);
    if (!answer.status.ok() || !driver) {
        co_return text::fail(
            fmt::format("No builder '{}'", text::printable(name)), why(answer),
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
    CO_TRY_ASSIGN(const Answer answer, co_await ask(std::move(argv), std::move(environment), interruption));
    if (!answer.status.ok()) {
        co_return text::fail(fmt::format("Cannot remove the builder '{}'", text::printable(name)),
                             why(answer));
    }
    co_return Result<void>();
}

boost::asio::awaitable<Result<void>> ensure_builder(plan::Builder builder, Buildx buildx,
                                                    std::vector<std::string> environment,
                                                    std::string builders_folder,
                                                    process::Interruption* interruption) {
    const bool own = builder.driver == plan::Driver::docker;
    if (own || builder.existing || recorded_driver(builders_folder, builder.name)) co_return Result<void>();
    for (std::vector<std::string>& argv : create_argvs(builder, buildx.program)) {
        CO_TRY_ASSIGN(const Answer answer, co_await ask(std::move(argv), environment, interruption));
        if (answer.status.ok()) continue;
        const std::string said = why(answer);
        // Half a builder would be taken for a whole one by the next step. That there was none is no matter.
        std::vector<std::string> removal = buildx.program;
        removal.insert(removal.end(), {"rm", "--", builder.name});
        if (!builder.nodes.empty()) co_await ask(std::move(removal), environment, interruption);
        co_return text::fail(fmt::format("Cannot make the builder '{}'", text::printable(builder.name)), said,
                             "Check the inputs driver, driver-opts, buildkitd-config, endpoint and nodes");
    }
    co_return Result<void>();
}

}  // namespace pr_image::docker
