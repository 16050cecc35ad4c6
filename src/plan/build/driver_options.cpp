#include "plan/build/driver_options.hpp"

#include "plan/build/option_list.hpp"
#include "text/strings.hpp"
#include "text/try.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace pr_image::plan {

using text::fail;
using text::printable;

namespace {

constexpr std::string_view kDriverOptionTitle = "Invalid option";

constexpr std::array<OptionKey, 12> kContainerKeys{{{"network"},
                                                    {"image"},
                                                    {"memory"},
                                                    {"memory-swap"},
                                                    {.name = "cpu-period", .kind = ValueKind::integer},
                                                    {.name = "cpu-quota", .kind = ValueKind::integer},
                                                    {.name = "cpu-shares", .kind = ValueKind::integer},
                                                    {"cpuset-cpus"},
                                                    {"cpuset-mems"},
                                                    {"cgroup-parent"},
                                                    {"restart-policy"},
                                                    {.name = "default-load", .kind = ValueKind::boolean}}};
constexpr std::array<OptionKey, 5> kRemoteKeys{
    {{"servername"}, {"cacert"}, {"cert"}, {"key"}, {.name = "default-load", .kind = ValueKind::boolean}}};
constexpr std::array<OptionKey, 22> kKubernetesKeys{
    {{"image"},
     {"namespace"},
     {.name = "replicas", .kind = ValueKind::integer},
     {"requests.cpu"},
     {"requests.memory"},
     {"requests.ephemeral-storage"},
     {"limits.cpu"},
     {"limits.memory"},
     {"limits.ephemeral-storage"},
     {.name = "rootless", .kind = ValueKind::boolean},
     {"schedulername"},
     {"serviceaccount"},
     {"nodeselector"},
     {"annotations"},
     {"labels"},
     {"tolerations"},
     {.name = "loadbalance", .kind = ValueKind::choice, .choices = "sticky random"},
     {.name = "qemu.install", .kind = ValueKind::boolean},
     {"qemu.image"},
     {"buildkit-root-volume-memory"},
     {.name = "default-load", .kind = ValueKind::boolean},
     {.name = "timeout", .kind = ValueKind::duration}}};

bool is_environment(std::string_view key) {
    return key.starts_with("env.") && key.size() > 4;
}

std::vector<OptionKey> known_keys(std::string_view driver) {
    std::vector<OptionKey> keys;
    const auto add = [&](std::string_view name, std::span<const OptionKey> more) {
        if (driver.empty() || driver == name) keys.insert(keys.end(), more.begin(), more.end());
    };
    add("docker-container", kContainerKeys);
    add("remote", kRemoteKeys);
    add("kubernetes", kKubernetesKeys);
    return keys;
}

Result<void> check_known(const DriverOption& option, std::string_view driver, std::string_view title) {
    const std::vector<OptionKey> known = known_keys(driver);
    std::vector<std::string_view> names;
    names.reserve(known.size());
    for (const OptionKey& key : known)
        names.push_back(key.name);
    const bool environment = is_environment(option.key) && driver != "remote";
    if (environment || std::ranges::find(names, option.key) != names.end()) return {};
    const std::string_view meant = nearest(option.key, names);
    return fail(
        std::string(title),
        fmt::format("{} has no option '{}'",
                    driver.empty() ? std::string("no driver of buildx") : fmt::format("driver {}", driver),
                    printable(option.key)),
        meant.empty() ? fmt::format("Use one of: {}.", text::join({names.begin(), names.end()}, ", "))
                      : fmt::format("Did you mean {}?", meant));
}

}  // namespace

std::string DriverOption::text() const {
    return option_text({fmt::format("{}={}", key, value)});
}

Result<std::vector<DriverOption>> parse_driver_options(const std::vector<std::string>& entries) {
    std::vector<DriverOption> options;
    for (const std::string& entry : entries) {
        TRY_ASSIGN(const std::vector<std::string> fields, option_fields(entry));
        for (const std::string& field : fields) {
            TRY_ASSIGN(const Attributes pair, option_attributes({field}, KeySpelling::exact));
            DriverOption option{.key = pair.begin()->key, .value = pair.begin()->value};
            TRY(check_known(option, "", kDriverOptionTitle));
            // Every driver that has an option of this name wants the same of its value.
            TRY_ASSIGN(const Attributes checked, check_attributes(pair, known_keys("")));
            option.value = checked.begin()->value;
            const auto same = std::ranges::find(options, option.key, &DriverOption::key);
            if (same == options.end()) {
                options.push_back(std::move(option));
            } else {
                same->value = std::move(option.value);
            }
        }
    }
    return options;
}

Result<void> check_driver_options(const std::vector<DriverOption>& options, std::string_view driver,
                                  std::string_view input) {
    for (const DriverOption& option : options) {
        TRY(check_known(option, driver, fmt::format("Invalid input '{}'", input)));
    }
    return {};
}

std::optional<std::string_view> driver_option(const std::vector<DriverOption>& options,
                                              std::string_view key) {
    const auto found = std::ranges::find(options, key, &DriverOption::key);
    if (found == options.end()) return std::nullopt;
    return found->value;
}

bool joins_host_network(const std::vector<DriverOption>& options) {
    const std::string_view network = driver_option(options, "network").value_or(std::string_view());
    return network == "host" || network.starts_with("container:");
}

}  // namespace pr_image::plan
