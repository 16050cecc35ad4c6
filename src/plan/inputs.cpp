#include "plan/inputs.hpp"

#include "plan/input_reader.hpp"
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

constexpr std::array<std::pair<std::string_view, Command>, 3> kCommands{
    {{"build", Command::build}, {"plan", Command::plan}, {"cleanup", Command::cleanup}}};
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

/// Splits `key=value`; the key must be there, on one line.
std::optional<std::pair<std::string, std::string>> key_value(std::string_view entry) {
    const std::size_t equals = entry.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const std::string_view key = text::trim(entry.substr(0, equals));
    const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
    if (key.empty() || std::ranges::any_of(key, control)) return std::nullopt;
    return std::pair(std::string(key), std::string(entry.substr(equals + 1)));
}

void read_images(InputReader& read, Inputs& inputs) {
    const auto add = [&](std::string_view input, const std::string& name) {
        const std::optional<ImageName> parsed = read.take(input, ImageName::parse(name));
        if (parsed && std::ranges::find(inputs.images, *parsed) == inputs.images.end()) {
            inputs.images.push_back(*parsed);
        }
    };
    inputs.registry = read.take("registry", text::parse_registry_host(read.text("registry", "ghcr.io")))
                          .value_or("ghcr.io");
    if (const std::string image = read.text("image"); !image.empty()) {
        add("image", text::names_registry(image) ? image : fmt::format("{}/{}", inputs.registry, image));
    }
    for (const std::string& name : read.list("images", Commas::split))
        add("images", name);
}

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
    if (const std::string password = read.text("password"); !password.empty()) {
        add("password", {inputs.registry, read.text("username"), Secret(password)});
    }
    const auto records = read.take("registry-auth", text::csv_records(read.text("registry-auth")));
    if (!records) return;
    for (const std::vector<std::string>& record : *records) {
        if (auto login = read_login(read, record)) add("registry-auth", *std::move(login));
    }
}

void read_naming(InputReader& read, Inputs& inputs) {
    inputs.pr_tag = read.text("pr-tag", "pr-{number}-{sha}");
    const std::string sha = read.text("sha", "head");
    if (sha == "merge") {
        inputs.sha = ShaChoice::merge;
    } else if (sha != "head") {
        inputs.given_sha =
            read.take("sha", CommitSha::parse(sha), "Use head, merge, or a commit's hex digits.");
    }
    if (const std::string number = read.text("pr-number"); !number.empty()) {
        inputs.pr_number = read.take("pr-number", PullRequestNumber::parse(number));
    }
    inputs.variant = read.text("variant");
    if (!inputs.variant.empty()) {
        read.take("variant", Tag::parse(inputs.variant),
                  "It becomes part of a tag: letters, digits, '_', '.', '-'.");
    }
    inputs.tags = read.list("tags", Commas::keep);
    inputs.protected_tags = read.list("protected-tags", Commas::split);
    for (const std::string& entry : read.list("labels", Commas::keep)) {
        if (auto pair = key_value(entry)) {
            inputs.labels.push_back(*std::move(pair));
        } else {
            read.refuse("labels", fmt::format("'{}' is not key=value", printable(entry)));
        }
    }
    inputs.annotations = read.list("annotations", Commas::keep);
    for (const std::string& entry : inputs.annotations) {
        if (!key_value(entry))
            read.refuse("annotations", fmt::format("'{}' is not key=value", printable(entry)));
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

void add_secret(InputReader& read, Inputs& inputs, std::string_view input, BuildSecret secret) {
    const auto allowed = [](char c) { return text::is_word(c) || c == '.' || c == '-'; };
    if (!std::ranges::all_of(secret.id, allowed)) {
        // What stands before the first `=` of input secrets can be a part of the secret itself.
        read.refuse(input, "an entry's id has other characters than letters, digits, '_', '.', '-'");
    }
    const auto same = [&](const BuildSecret& other) { return other.id == secret.id; };
    if (std::ranges::any_of(inputs.secrets, same)) {
        read.refuse(input, fmt::format("the id {} is there twice", printable(secret.id)));
    }
    if (secret.value.empty() && secret.file.empty()) {
        inputs.empty_secrets.push_back(std::move(secret.id));
    } else {
        inputs.secrets.push_back(std::move(secret));
    }
}

void read_secrets(InputReader& read, Inputs& inputs, const InputMap& environment,
                  const std::string& workspace) {
    for (const std::string& entry : read.list("secrets", Commas::keep)) {
        if (auto pair = key_value(entry)) {
            add_secret(read, inputs, "secrets", {pair->first, Secret(pair->second), {}});
        } else {
            read.refuse("secrets", "an entry is not id=value (it is not shown, it may be a secret)",
                        "A value of several lines needs double quotes around the whole entry.");
        }
    }
    for (const std::string& entry : read.list("secret-envs", Commas::split)) {
        const auto pair = key_value(entry);
        if (!pair) {
            read.refuse("secret-envs", fmt::format("'{}' is not id=VARIABLE", printable(entry)));
            continue;
        }
        const auto variable = environment.find(pair->second);
        if (variable == environment.end()) {
            read.refuse("secret-envs", fmt::format("the variable {} is not set", printable(pair->second)),
                        "Set it in the step's env.");
            continue;
        }
        add_secret(read, inputs, "secret-envs", {pair->first, Secret(variable->second), {}});
    }
    for (const std::string& entry : read.list("secret-files", Commas::keep)) {
        const auto pair = key_value(entry);
        const std::optional<std::string> path =
            pair ? read.take("secret-files", workspace_path(pair->second, workspace)) : std::nullopt;
        if (!pair) read.refuse("secret-files", fmt::format("'{}' is not id=path", printable(entry)));
        if (path) add_secret(read, inputs, "secret-files", {pair->first, {}, *path});
    }
}

void read_build_contexts(InputReader& read, Inputs& inputs, const std::string& workspace) {
    constexpr std::array<std::string_view, 3> elsewhere{"docker-image://", "oci-layout://", "target:"};
    for (const std::string& entry : read.list("build-contexts", Commas::keep)) {
        const auto pair = key_value(entry);
        if (!pair) {
            read.refuse("build-contexts", fmt::format("'{}' is not name=source", printable(entry)));
            continue;
        }
        const auto& [name, source] = *pair;
        const bool folder = !is_remote_context(source) && std::ranges::none_of(elsewhere, [&](auto prefix) {
            return source.starts_with(prefix);
        });
        const std::optional<std::string> whole =
            folder ? read.take("build-contexts", workspace_path(source, workspace)) : source;
        if (whole) inputs.build_contexts.push_back(fmt::format("{}={}", name, *whole));
    }
}

void read_build(InputReader& read, Inputs& inputs, const InputMap& environment,
                const std::string& workspace) {
    inputs.context = read.text("context", ".");
    if (!is_remote_context(inputs.context)) {
        inputs.context = read.take("context", workspace_path(inputs.context, workspace)).value_or(".");
        if (const std::string file = read.text("file"); !file.empty()) {
            inputs.file = read.take("file", workspace_path(file, workspace)).value_or(std::string());
        }
    } else {
        inputs.file = read.text("file");
    }
    inputs.target = read.text("target");
    inputs.build_args = read.list("build-args", Commas::keep);
    read_build_contexts(read, inputs, workspace);
    read_secrets(read, inputs, environment, workspace);
    inputs.ssh = read.list("ssh", Commas::split);
    inputs.no_cache = read.boolean("no-cache", false);
    inputs.pull = read.boolean("pull", false);
    inputs.provenance = read.text("provenance");
    inputs.sbom = read.text("sbom");
    inputs.load = read.boolean("load", false);
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

}  // namespace

std::string_view to_string(Driver driver) {
    return std::ranges::find(kDrivers, driver, &std::pair<std::string_view, Driver>::second)->first;
}

Result<Inputs> parse_inputs(const InputMap& raw, const InputMap& environment, const std::string& workspace) {
    InputReader read(raw);
    Inputs inputs;
    inputs.command = read.choice("command", kCommands);
    read_images(read, inputs);
    read_logins(read, inputs);
    read_naming(read, inputs);
    inputs.missing_credentials = read.choice("missing-credentials", kMissingCredentials);
    inputs.build_untrusted = read.choice("untrusted", kUntrusted);
    inputs.probe = read.boolean("probe", true);
    inputs.reuse = read.boolean("reuse", true);
    inputs.push = read.choice("push", kPush);
    inputs.platforms = read_platforms(read, "platforms");
    if (std::vector<std::string> platforms = read_platforms(read, "pr-platforms"); !platforms.empty()) {
        inputs.pr_platforms = std::move(platforms);
    }
    inputs.cache = read.choice("cache", kCaches);
    inputs.cache_from = read.list("cache-from", Commas::keep);
    inputs.cache_to = read.list("cache-to", Commas::keep);
    read_builder(read, inputs, workspace);
    read_build(read, inputs, environment, workspace);
    read_handover(read, inputs);
    if (read.error()) return std::unexpected(*read.error());
    return inputs;
}

}  // namespace pr_image::plan
