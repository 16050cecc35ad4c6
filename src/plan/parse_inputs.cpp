#include "plan/parse_inputs.hpp"

#include "plan/build/build_inputs.hpp"
#include "plan/build/destinations.hpp"
#include "plan/build/node_list.hpp"
#include "plan/input_reader.hpp"
#include "plan/names/naming_inputs.hpp"
#include "text/csv.hpp"
#include "text/duration.hpp"
#include "text/number.hpp"
#include "text/strings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>

namespace pr_image::plan {

using text::Commas;
using text::printable;

namespace {

constexpr std::array<std::pair<std::string_view, Command>, 5> kCommands{{{"build", Command::build},
                                                                         {"merge", Command::merge},
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
constexpr std::array<std::pair<std::string_view, bool>, 2> kQemu{{{"off", false}, {"auto", true}}};
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
        if (std::ranges::any_of(inputs.credentials.logins, same)) {
            read.refuse(input, fmt::format("{} is there twice", printable(login.host)));
        } else {
            inputs.credentials.logins.push_back(std::move(login));
        }
    };
    inputs.credentials.token = Secret(read.text("token"));
    inputs.credentials.git_token = Secret(read.text("github-token", inputs.credentials.token.reveal()));
    if (const std::string password = read.text("password"); !password.empty()) {
        add("password", {inputs.naming.registry, read.text("username"), Secret(password)});
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
        if (!is_platform(platform)) {
            read.refuse(name, fmt::format("'{}' is not os/architecture", printable(platform)),
                        "Write for example linux/amd64,linux/arm64.");
        }
    }
    return platforms;
}

void read_all_platforms(InputReader& read, Inputs& inputs) {
    inputs.platforms.fan_out = read.boolean("fan-out", false);
    inputs.platforms.wanted = read_platforms(read, "platforms");
    const bool of_parts = inputs.platforms.fan_out || inputs.command == Command::merge;
    if (std::vector<std::string> platforms = read_platforms(read, "pr-platforms"); !platforms.empty()) {
        inputs.platforms.pull_request = std::move(platforms);
    } else if (inputs.naming.metadata_mode == MetadataMode::none ||
               (of_parts && !inputs.platforms.wanted.empty())) {
        inputs.platforms.pull_request = inputs.platforms.wanted;
    }
    if (of_parts && inputs.naming.metadata_mode == MetadataMode::none) {
        read.refuse("metadata",
                    "with none the parts of an image have no labels that say which commit each is from",
                    "Leave metadata out: input tags takes docker/metadata-action's rules and plain tags.");
    }
}

/// A part goes where `command: merge` looks for it.
void check_fan_out(InputReader& read, const Inputs& inputs) {
    if (!inputs.platforms.fan_out) return;
    const std::array<std::pair<std::string_view, bool>, 2> others{
        {{"outputs", !inputs.build.outputs.empty()}, {"call", !inputs.build.call.empty()}}};
    for (const auto& [name, given] : others) {
        if (given) read.refuse(name, "fan-out: true pushes a part of an image, and nothing else");
    }
}

/// It runs with all rights on the machine, so it has to be what somebody has looked at.
void read_emulation(InputReader& read, Inputs& inputs) {
    constexpr std::string_view kFix =
        "Write qemu-image: tonistiigi/binfmt@sha256:… with the digest of today.";
    const bool wanted = read.choice("qemu", kQemu);
    const std::string image = read.text("qemu-image");
    if (image.empty()) {
        if (wanted) read.refuse("qemu-image", "qemu: auto needs an image to run", std::string(kFix));
        return;
    }
    const std::optional<Reference> reference = read.take("qemu-image", Reference::parse(image), kFix);
    if (reference && !reference->digest()) {
        read.refuse("qemu-image", fmt::format("'{}' is not pinned by a digest", printable(image)),
                    std::string(kFix));
    }
    if (wanted) inputs.builder.qemu_image = reference;
}

std::vector<CacheEntry> read_caches(InputReader& read, std::string_view name, CacheDirection direction) {
    std::vector<CacheEntry> caches;
    for (const std::string& entry : read.list(name, Commas::keep)) {
        const auto parsed = read.take(name, parse_cache(entry, direction, read.paths()));
        if (parsed) caches.insert(caches.end(), parsed->begin(), parsed->end());
    }
    return caches;
}

/// Which of them a driver can do, and which it needs.
void read_nodes(InputReader& read, Inputs& inputs) {
    inputs.builder.nodes =
        read.take("nodes", parse_nodes(read.raw("nodes"))).value_or(std::vector<BuilderNode>());
    if (inputs.builder.nodes.empty()) return;
    const auto has_endpoint = [](const BuilderNode& node) { return !node.endpoint.empty(); };
    const auto without = std::ranges::count_if(inputs.builder.nodes, std::not_fn(has_endpoint));
    if (!inputs.builder.endpoint.empty()) {
        read.refuse("endpoint", "nodes have an endpoint each", "Leave endpoint out, or nodes.");
    }
    if (inputs.builder.driver == Driver::docker) {
        read.refuse("nodes", "driver docker has the engine's own builder and no other",
                    "Use driver: remote, docker-container or kubernetes.");
    }
    if (inputs.builder.driver == Driver::kubernetes &&
        std::ranges::any_of(inputs.builder.nodes, has_endpoint)) {
        read.refuse("nodes", "driver kubernetes starts its nodes itself, and one has an endpoint",
                    "Say by driver-opts where each runs: driver-opts=nodeselector=kubernetes.io/arch=arm64.");
    }
    if (inputs.builder.driver == Driver::remote && without != 0) {
        read.refuse("nodes", "driver remote needs the address of each, and one has no endpoint",
                    "Write for example platform=linux/arm64,endpoint=tcp://arm64:1234.");
    }
    if ((inputs.builder.driver == Driver::automatic || inputs.builder.driver == Driver::docker_container) &&
        without > 1) {
        read.refuse("nodes", "only one of them can be this machine, and several have no endpoint",
                    "Write for example platform=linux/arm64,endpoint=ssh://builder@arm64.");
    }
}

void read_builder(InputReader& read, Inputs& inputs) {
    inputs.builder.driver = read.choice("driver", kDrivers);
    inputs.builder.name = read.text("builder");
    const auto allowed = [](char c) { return text::is_word(c) || c == '.' || c == '-'; };
    if (!inputs.builder.name.empty() &&
        (!text::is_word(inputs.builder.name.front()) || !std::ranges::all_of(inputs.builder.name, allowed))) {
        read.refuse("builder", fmt::format("'{}' is no builder's name", printable(inputs.builder.name)));
    }
    inputs.builder.driver_opts =
        read.take("driver-opts",
                  parse_driver_options(read.list("driver-opts", Commas::keep, {.quotes = false})))
            .value_or(std::vector<DriverOption>());
    inputs.builder.endpoint = read.text("endpoint");
    inputs.builder.remove = read.boolean("remove-builder", false);
    if (const std::string config = read.text("buildkitd-config"); !config.empty()) {
        inputs.builder.buildkitd_config = read.path("buildkitd-config", config, PathUse::file);
    }
    read_nodes(read, inputs);
    read_emulation(read, inputs);
    if (inputs.builder.driver == Driver::remote && inputs.builder.endpoint.empty() &&
        inputs.builder.nodes.empty()) {
        read.refuse("endpoint", "it is empty, but driver: remote needs the address of a BuildKit",
                    "Write for example tcp://buildkitd:1234.");
    }
    if (inputs.builder.driver == Driver::docker &&
        (!inputs.builder.driver_opts.empty() || inputs.builder.buildkitd_config ||
         !inputs.builder.endpoint.empty())) {
        read.refuse("driver", "docker takes neither driver-opts nor buildkitd-config nor endpoint",
                    "Use docker-container.");
    }
    if (inputs.builder.driver == Driver::remote && inputs.builder.buildkitd_config) {
        read.refuse("buildkitd-config", "driver remote does not take it: that BuildKit runs already");
    }
    if (!inputs.builder.name.empty() &&
        (!inputs.builder.driver_opts.empty() || inputs.builder.buildkitd_config ||
         !inputs.builder.endpoint.empty() || !inputs.builder.nodes.empty() ||
         inputs.builder.driver != Driver::automatic)) {
        read.refuse("builder",
                    "it names a builder that exists, so driver, driver-opts, buildkitd-config, endpoint and "
                    "nodes have no use",
                    "Leave builder out to have one made, or leave the others out.");
    }
}

/// GitHub keeps an artifact for 1 to 90 days (400 where an organisation allows it).
constexpr std::uint32_t kLongestRetention = 400;

/// One `name@sha256:…` or `sha256:…` on each line. Blank lines are those of jobs that pushed nothing; that
/// all are blank is not the same as no input, which would let anything in that carries the right names.
void read_parts(InputReader& read, Inputs& inputs) {
    if (read.raw("parts").empty()) return;
    inputs.handover.parts.emplace();
    for (const std::string& line : read.list("parts", Commas::split)) {
        const std::size_t at = line.rfind('@');
        const std::string fix = "Pass the outputs part of the jobs with fan-out: true, one on each line.";
        const auto digest =
            read.take("parts", Digest::parse(at == std::string::npos ? line : line.substr(at + 1)), fix);
        if (!digest) return;
        std::optional<ImageName> name;
        if (at != std::string::npos) {
            name = read.take("parts", ImageName::parse(line.substr(0, at)), fix);
            if (!name) return;
        }
        inputs.handover.parts->push_back({std::move(name), *digest});
    }
}

void read_handover(InputReader& read, Inputs& inputs) {
    inputs.handover.artifact = read.choice("artifact", kArtifacts);
    inputs.handover.from = read.choice("handover", kHandovers);
    const std::string days = read.text("retention-days", "1");
    inputs.handover.retention_days =
        text::parse_number<std::uint32_t>(days, 1, kLongestRetention).value_or(0);
    if (inputs.handover.retention_days == 0) {
        read.refuse("retention-days",
                    fmt::format("'{}' is not 1 to {} days", printable(days), kLongestRetention));
    }
    inputs.handover.wait =
        read.take("wait", text::parse_duration(read.text("wait", "0"))).value_or(std::chrono::seconds(0));
    if (const std::string ref = read.text("ref"); !ref.empty()) {
        inputs.handover.ref =
            read.take("ref", Reference::parse(ref), "Pass the output ref of the step that built the image.");
    }
    for (const std::string& name : read.list("as", Commas::split)) {
        const std::size_t slash = name.rfind('/');
        const bool tagged = name.find(':', slash == std::string::npos ? 0 : slash) != std::string::npos;
        const auto reference = read.take("as", Reference::parse(tagged ? name : name + ":latest"));
        if (reference && reference->digest())
            read.refuse("as", fmt::format("'{}' has a digest", printable(name)));
        if (reference) inputs.handover.as.push_back(*reference);
    }
    read_parts(read, inputs);
    inputs.handover.run_id = read.text("run-id");
    if (inputs.handover.run_id.size() > 20 || !std::ranges::all_of(inputs.handover.run_id, text::is_digit)) {
        read.refuse("run-id", fmt::format("'{}' is no run's number", printable(inputs.handover.run_id)));
    }
    inputs.handover.base_image = read.text("base-image");
    const auto argument = [](char c) { return text::is_word(c); };
    if (!std::ranges::all_of(inputs.handover.base_image, argument)) {
        read.refuse("base-image",
                    fmt::format("'{}' is no build argument's name", printable(inputs.handover.base_image)),
                    "Name the ARG that the Dockerfile's FROM uses: base-image: BASE_IMAGE.");
    }
}

constexpr unsigned kMostAttempts = 10;
constexpr std::chrono::minutes kLongestRetryWait{10};

void read_limits(InputReader& read, Inputs& inputs) {
    const std::string attempts = read.text("attempts", "3");
    inputs.limits.retry.attempts = text::parse_number<unsigned>(attempts, 1, kMostAttempts).value_or(0);
    if (inputs.limits.retry.attempts == 0)
        read.refuse("attempts", fmt::format("'{}' is not 1 to {}", printable(attempts), kMostAttempts));
    const auto duration = [&](std::string_view name, std::string_view otherwise) {
        return read.take(name, text::parse_duration(read.text(name, otherwise)))
            .value_or(std::chrono::seconds(0));
    };
    inputs.limits.retry.wait = duration("retry-wait", "10s");
    if (inputs.limits.retry.wait > kLongestRetryWait) {
        read.refuse("retry-wait",
                    fmt::format("{} is longer than {}", text::to_string(inputs.limits.retry.wait),
                                text::to_string(kLongestRetryWait)));
    }
    inputs.limits.retry.attempt_timeout = duration("attempt-timeout", "25m");
    inputs.limits.timeout = duration("timeout", "0");
}

}  // namespace

Result<Inputs> parse_inputs(const InputMap& raw, const InputMap& environment, const PathOpener& paths) {
    InputReader read(raw, paths);
    Inputs inputs;
    inputs.command = read.choice("command", kCommands);
    inputs.naming.registry =
        read.take("registry", text::parse_registry_host(read.text("registry", "ghcr.io")))
            .value_or("ghcr.io");
    read_naming(read, environment, inputs);
    read_logins(read, inputs);
    inputs.strategy.missing_credentials = read.choice("missing-credentials", kMissingCredentials);
    inputs.strategy.build_untrusted = read.choice("untrusted", kUntrusted);
    inputs.strategy.probe = read.boolean("probe", true);
    inputs.strategy.reuse = read.boolean("reuse", true);
    inputs.strategy.push = read.choice("push", kPush);
    read_all_platforms(read, inputs);
    inputs.cache.kind = read.choice("cache", kCaches);
    if (inputs.naming.metadata_mode == MetadataMode::none && inputs.cache.kind == CacheKind::automatic) {
        inputs.cache.kind = CacheKind::none;
    }
    inputs.cache.from = read_caches(read, "cache-from", CacheDirection::from);
    inputs.cache.to = read_caches(read, "cache-to", CacheDirection::to);
    read_builder(read, inputs);
    read_build(read, environment, inputs);
    if (Result<void> apart = check_destinations(inputs.build.outputs, inputs.cache.to); !apart)
        read.refuse("outputs", apart.error().why, apart.error().fix);
    check_fan_out(read, inputs);
    read_handover(read, inputs);
    read_limits(read, inputs);
    if (read.error()) return std::unexpected(*read.error());
    return inputs;
}

}  // namespace pr_image::plan
