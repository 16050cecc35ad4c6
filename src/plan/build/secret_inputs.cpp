#include "plan/build/secret_inputs.hpp"

#include "text/csv.hpp"
#include "text/strings.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pr_image::plan {

using text::Commas;
using text::printable;

namespace {

constexpr std::string_view kQuoteWhole =
    "A value of several lines needs double quotes around the whole entry: \"id=line 1 … last line\".";

/// True for `xxxx=` and `xxxx==` where the x are Base64: how the last line of a key or certificate looks.
bool ends_base64(std::string_view id, std::string_view value) {
    if (!std::ranges::all_of(value, [](char c) { return c == '='; })) return false;
    if (!value.empty()) return true;
    const auto has = [&](auto kind) { return std::ranges::any_of(id, kind); };
    const auto in_alphabet = [](char c) { return (text::is_word(c) && c != '_') || c == '+' || c == '/'; };
    return id.size() >= 16 && std::ranges::all_of(id, in_alphabet) && has(text::is_digit) &&
           has([](char c) { return c >= 'a' && c <= 'z'; }) &&
           has([](char c) { return c >= 'A' && c <= 'Z'; });
}

/// Blanks, quotes and braces are in no id that a Dockerfile mounts, but in the lines of JSON, YAML and keys.
bool is_id(std::string_view id) {
    return std::ranges::none_of(id, [](char c) {
        return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F || std::string_view("\"'{}\\").contains(c);
    });
}

/// Looks at all entries before anything of one is shown.
bool are_whole(const std::vector<std::string>& entries) {
    return std::ranges::all_of(entries, [](const std::string& entry) {
        const auto pair = key_value(entry);
        return pair && is_id(pair->first) && !ends_base64(pair->first, pair->second);
    });
}

void add_secret(InputReader& read, Inputs& inputs, std::string_view input, BuildSecret secret) {
    const auto same = [&](const BuildSecret& other) { return other.id == secret.id; };
    if (std::ranges::any_of(inputs.build.secrets, same)) {
        read.refuse(input, fmt::format("the id {} is there twice", printable(secret.id)));
    }
    if (secret.value.empty() && !secret.file) {
        inputs.build.empty_secrets.push_back(std::move(secret.id));
    } else {
        inputs.build.secrets.push_back(std::move(secret));
    }
}

}  // namespace

void read_secrets(InputReader& read, const InputMap& environment, Inputs& inputs) {
    const std::vector<std::string> entries = read.list("secrets", Commas::keep, {.trim = false});
    if (!are_whole(entries)) {
        read.refuse("secrets", "an entry is not id=value (it is not shown, it may be a secret)",
                    std::string(kQuoteWhole));
        return;
    }
    for (const std::string& entry : entries) {
        const auto pair = key_value(entry);
        add_secret(read, inputs, "secrets", {pair->first, Secret(pair->second), {}});
    }
    for (const std::string& entry : read.list("secret-envs", Commas::split)) {
        const auto pair = key_value(entry);
        if (!pair || pair->second.empty()) {
            read.refuse("secret-envs", "an entry is not id=VARIABLE (it is not shown, it may be a secret)");
            continue;
        }
        const auto variable = environment.find(pair->second);
        if (variable == environment.end()) {
            // Not its name: whoever takes this for input secrets has written the value there.
            read.refuse("secret-envs",
                        fmt::format("the variable that the id {} names is not set", printable(pair->first)),
                        "Set it in the step's env.");
            continue;
        }
        add_secret(read, inputs, "secret-envs", {pair->first, Secret(variable->second), {}});
    }
    for (const std::string& entry : read.list("secret-files", Commas::keep)) {
        const auto pair = key_value(entry);
        if (!pair) {
            read.refuse("secret-files", fmt::format("'{}' is not id=path", printable(entry)));
        } else if (auto path = read.path("secret-files", pair->second, PathUse::file)) {
            add_secret(read, inputs, "secret-files", {pair->first, {}, std::move(path)});
        }
    }
}

}  // namespace pr_image::plan
