#include "plan/inputs.hpp"

#include "plan/build_inputs.hpp"
#include "plan/input_reader.hpp"
#include "plan/naming_inputs.hpp"
#include "plan/workspace_path.hpp"
#include "text/csv.hpp"
#include "text/duration.hpp"
#include "text/strings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace pr_image::plan {

using text::Commas;
using text::printable;

namespace {

constexpr std::array<std::pair<std::string_view, Command>, 4> kCommands{{{"build", Command::build},
                                                                         {"pull", Command::pull},
                                                                         {"plan", Command::plan},
                                                                         {"cleanup", Command::cleanup}}};
constexpr std::array<std::pair<std::string_view, Handover>, 4> kHandovers{{{"auto", Handover::automatic},
                                                                           {"registry", Handover::registry},
                                                                           {"artifact", Handover::artifact},
                                                                           {"cache", Handover::cache}}};
constexpr std::array<std::pair<std::string_view, ArtifactWish>, 3> kArtifacts{
    {{"auto", ArtifactWish::automatic}, {"always", ArtifactWish::always}, {"never", ArtifactWish::never}}};
constexpr std::array<std::pair<std::string_view, MissingCredentials>, 4> kMissingCredentials{
    {{"auto", MissingCredentials::automatic},
     {"fallback", MissingCredentials::fallback},
     {"skip", MissingCredentials::skip},
     {"fail", MissingCredentials::fail}}};
constexpr std::array<std::pair<std::string_view, CacheKind>, 4> kCaches{{{"auto", CacheKind::automatic},
                                                                         {"gha", CacheKind::gha},
                                                                         {"registry", CacheKind::registry},
                                                                         {"none", CacheKind::none}}};
constexpr std::array<std::pair<std::string_view, Driver>, 5> kDrivers{
    {{"auto", Driver::automatic},
     {"docker", Driver::docker},
     {"docker-container", Driver::docker_container},
     {"remote", Driver::remote},
     {"kubernetes", Driver::kubernetes}}};
constexpr std::array<std::pair<std::string_view, PushWish>, 7> kPush{{{"auto", PushWish::automatic},
                                                                      {"true", PushWish::yes},
                                                                      {"True", PushWish::yes},
                                                                      {"TRUE", PushWish::yes},
                                                                      {"false", PushWish::no},
                                                                      {"False", PushWish::no},
                                                                      {"FALSE", PushWish::no}}};
constexpr std::array<std::pair<std::string_view, bool>, 2> kUntrusted{{{"refuse", false}, {"build", true}}};

/// One line of registry-auth. A field that is wrong may be half of a password: it is not shown.
std::optional<RegistryLogin> read_login(InputReader& read, const std::vector<std::string>& record) {
    RegistryLogin login;
    bool has_password = false;
    for (const std::string& field : record) {
        const auto pair = key_value(field);
        const std::string key = pair ? pair->first : std::string();
        if (key == "registry") {
            login.host = pair->second;
        } else if (key == "username") {
            login.username = pair->second;
        } else if (key == "password") {
            login.password = Secret(pair->second);
            has_password = true;
        } else {
            read.refuse(
                "registry-auth", "a field is neither registry=, username= nor password=",
                "Write registry=docker.io,username=x,password=y; put quotes around a field with a comma.");
        }
    }
    const std::optional<std::string> host = read.take("registry-auth", text::parse_registry_host(login.host),
                                                      "Every line needs registry=<host>.");
    if (!has_password || (login.username.empty() && !login.password.empty())) {
        read.refuse("registry-auth",
                    fmt::format("{} needs a username and a password", printable(login.host)));
    }
    if (!host || login.password.empty()) return std::nullopt;
    login.host = *host;
    return login;
}

void read_logins(InputReader& read, Inputs& inputs) {
    const auto add = [&](std::string_view input, RegistryLogin login) {
        const auto same = [&](const RegistryLogin& other) { return other.host == login.host; };
        if (std::ranges::any_of(inputs.logins, same)) {
            read.refuse(input, fmt::format("{} is there twice", printable(login.host)));
        } else {
            inputs.logins.push_back(std::move(login));
        }
    };
    inputs.token = Secret(read.text("token"));
    inputs.git_token = Secret(read.text("github-token", inputs.token.reveal()));
    if (const std::string password = read.text("password"); !password.empty()) {
        add("password", {inputs.registry, read.text("username"), Secret(password)});
    }
    const auto records = read.take("registry-auth", text::csv_records(read.text("registry-auth")));
    if (!records) return;
    for (const std::vector<std::string>& record : *records) {
        if (auto login = read_login(read, record)) add("registry-auth", *std::move(login));
    }
}

std::vector<std::string> read_platforms(InputReader& read, std::string_view name) {
    std::vector<std::string> platforms = read.list(name, Commas::split);
    for (const std::string& platform : platforms) {
        const std::vector<std::string_view> parts = text::split(platform, '/');
        const bool shaped =
            (parts.size() == 2 || parts.size() == 3) && std::ranges::all_of(parts, [](std::string_view part) {
                return !part.empty() && text::is_lower_alnum(part.front()) &&
                       std::ranges::all_of(
                           part, [](char c) { return text::is_lower_alnum(c) || c == '_' || c == '.'; });
            });
        if (!shaped) {
            read.refuse(name, fmt::format("'{}' is not os/architecture", printable(platform)),
                        "Write for example linux/amd64,linux/arm64.");
        }
    }
    return platforms;
}

void read_builder(InputReader& read, Inputs& inputs, const std::string& workspace) {
    inputs.driver = read.choice("driver", kDrivers);
    inputs.builder = read.text("builder");
    const auto allowed = [](char c) { return text::is_word(c) || c == '.' || c == '-'; };
    if (!inputs.builder.empty() &&
        (!text::is_word(inputs.builder.front()) || !std::ranges::all_of(inputs.builder, allowed))) {
        read.refuse("builder", fmt::format("'{}' is no builder's name", printable(inputs.builder)));
    }
    inputs.driver_opts = read.list("driver-opts", Commas::keep);
    inputs.endpoint = read.text("endpoint");
    if (const std::string config = read.text("buildkitd-config"); !config.empty()) {
        inputs.buildkitd_config =
            read.take("buildkitd-config", workspace_path(config, workspace)).value_or(std::string());
    }
    if (inputs.driver == Driver::remote && inputs.endpoint.empty()) {
        read.refuse("endpoint", "it is empty, but driver: remote needs the address of a BuildKit",
                    "Write for example tcp://buildkitd:1234.");
    }
    if (inputs.driver == Driver::docker &&
        (!inputs.driver_opts.empty() || !inputs.buildkitd_config.empty() || !inputs.endpoint.empty())) {
        read.refuse("driver", "docker takes neither driver-opts nor buildkitd-config nor endpoint",
                    "Use docker-container.");
    }
    if (inputs.driver == Driver::remote && !inputs.buildkitd_config.empty()) {
        read.refuse("buildkitd-config", "driver remote does not take it: that BuildKit runs already");
    }
    if (!inputs.builder.empty() && (!inputs.driver_opts.empty() || !inputs.buildkitd_config.empty() ||
                                    !inputs.endpoint.empty() || inputs.driver != Driver::automatic)) {
        read.refuse("builder",
                    "it names a builder that exists, so driver, driver-opts, buildkitd-config and endpoint "
                    "have no use",
                    "Leave builder out to have one made, or leave the others out.");
    }
}

/// GitHub keeps an artifact for 1 to 90 days (400 where an organisation allows it).
constexpr std::uint32_t kLongestRetention = 400;

void read_handover(InputReader& read, Inputs& inputs) {
    inputs.artifact = read.choice("artifact", kArtifacts);
    inputs.handover = read.choice("handover", kHandovers);
    const std::string days = read.text("retention-days", "1");
    const bool digits = days.size() <= 3 && std::ranges::all_of(days, text::is_digit);
    inputs.retention_days = digits ? static_cast<std::uint32_t>(std::stoul(days)) : 0;
    if (inputs.retention_days == 0 || inputs.retention_days > kLongestRetention) {
        read.refuse("retention-days",
                    fmt::format("'{}' is not 1 to {} days", printable(days), kLongestRetention));
    }
    inputs.wait =
        read.take("wait", text::parse_duration(read.text("wait", "0"))).value_or(std::chrono::seconds(0));
    if (const std::string ref = read.text("ref"); !ref.empty()) {
        inputs.ref =
            read.take("ref", Reference::parse(ref), "Pass the output ref of the step that built the image.");
    }
    for (const std::string& name : read.list("as", Commas::split)) {
        const std::size_t slash = name.rfind('/');
        const bool tagged = name.find(':', slash == std::string::npos ? 0 : slash) != std::string::npos;
        const auto reference = read.take("as", Reference::parse(tagged ? name : name + ":latest"));
        if (reference && reference->digest())
            read.refuse("as", fmt::format("'{}' has a digest", printable(name)));
        if (reference) inputs.as.push_back(*reference);
    }
    inputs.run_id = read.text("run-id");
    if (inputs.run_id.size() > 20 || !std::ranges::all_of(inputs.run_id, text::is_digit)) {
        read.refuse("run-id", fmt::format("'{}' is no run's number", printable(inputs.run_id)));
    }
    inputs.base_image = read.text("base-image");
    const auto argument = [](char c) { return text::is_word(c); };
    if (!std::ranges::all_of(inputs.base_image, argument)) {
        read.refuse("base-image",
                    fmt::format("'{}' is no build argument's name", printable(inputs.base_image)),
                    "Name the ARG that the Dockerfile's FROM uses: base-image: BASE_IMAGE.");
    }
}

constexpr unsigned kMostAttempts = 10;
constexpr std::chrono::minutes kLongestRetryWait{10};

void read_limits(InputReader& read, Inputs& inputs) {
    const std::string attempts = read.text("attempts", "3");
    const bool digits = attempts.size() <= 2 && std::ranges::all_of(attempts, text::is_digit);
    inputs.retry.attempts = digits ? static_cast<unsigned>(std::stoul(attempts)) : 0;
    if (inputs.retry.attempts == 0 || inputs.retry.attempts > kMostAttempts)
        read.refuse("attempts", fmt::format("'{}' is not 1 to {}", printable(attempts), kMostAttempts));
    const auto duration = [&](std::string_view name, std::string_view otherwise) {
        return read.take(name, text::parse_duration(read.text(name, otherwise)))
            .value_or(std::chrono::seconds(0));
    };
    inputs.retry.wait = duration("retry-wait", "10s");
    if (inputs.retry.wait > kLongestRetryWait) {
        read.refuse("retry-wait", fmt::format("{} is longer than {}", text::to_string(inputs.retry.wait),
                                              text::to_string(kLongestRetryWait)));
    }
    inputs.retry.attempt_timeout = duration("attempt-timeout", "25m");
    inputs.timeout = duration("timeout", "0");
}

}  // namespace

std::string_view to_string(Driver driver) {
    return std::ranges::find(kDrivers, driver, &std::pair<std::string_view, Driver>::second)->first;
}

Result<Inputs> parse_inputs(const InputMap& raw, const InputMap& environment, const std::string& workspace) {
    InputReader read(raw);
    Inputs inputs;
    inputs.command = read.choice("command", kCommands);
    inputs.registry = read.take("registry", text::parse_registry_host(read.text("registry", "ghcr.io")))
                          .value_or("ghcr.io");
    read_naming(read, environment, inputs);
    read_logins(read, inputs);
    inputs.missing_credentials = read.choice("missing-credentials", kMissingCredentials);
    inputs.build_untrusted = read.choice("untrusted", kUntrusted);
    inputs.probe = read.boolean("probe", true);
    inputs.reuse = read.boolean("reuse", true);
    inputs.push = read.choice("push", kPush);
    inputs.platforms = read_platforms(read, "platforms");
    if (std::vector<std::string> platforms = read_platforms(read, "pr-platforms"); !platforms.empty()) {
        inputs.pr_platforms = std::move(platforms);
    } else if (inputs.metadata_mode == MetadataMode::none) {
        inputs.pr_platforms = inputs.platforms;
    }
    inputs.cache = read.choice("cache", kCaches);
    if (inputs.metadata_mode == MetadataMode::none && inputs.cache == CacheKind::automatic) {
        inputs.cache = CacheKind::none;
    }
    inputs.cache_from = read.list("cache-from", Commas::keep);
    inputs.cache_to = read.list("cache-to", Commas::keep);
    read_builder(read, inputs, workspace);
    read_build(read, environment, workspace, inputs);
    read_handover(read, inputs);
    read_limits(read, inputs);
    if (read.error()) return std::unexpected(*read.error());
    return inputs;
}

}  // namespace pr_image::plan
