// Our reading of buildx's option lists beside that of the buildx that tests/engine/with-engine gives.
#include "plan/build/attest_list.hpp"
#include "plan/build/cache_list.hpp"
#include "plan/build/driver_options.hpp"
#include "plan/build/output_list.hpp"
#include "support/child_process.hpp"
#include "support/text_paths.hpp"
#include "text/csv.hpp"
#include "text/strings.hpp"
#include "unit/folder.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch_test_macros.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

using namespace pr_image;
using namespace pr_image::plan;
namespace json = boost::json;
using Strings = std::vector<std::string>;

namespace {

constexpr std::uint32_t kSeed = 20261128;
/// Of each list: every one takes a start of buildx.
constexpr std::size_t kMalformedChecked = 12;

/// The real buildx in a folder of its own, without any engine: what is looked at here it does by itself.
struct RealBuildx {
    test::Folder folder;
    std::string program;

    RealBuildx() {
        const char* given = std::getenv("PR_IMAGE_TEST_BUILDX");
        if (given == nullptr || *given == '\0') SKIP("tests/engine/with-engine gives no buildx here");
        program = given;
        folder.write("Dockerfile", "FROM scratch\n");
    }

    /// Where buildx runs, without a slash at its end.
    [[nodiscard]] std::string root() const {
        std::string path = folder.path();
        while (path.ends_with('/'))
            path.pop_back();
        return path;
    }

    [[nodiscard]] support::ChildResult run(Strings arguments,
                                           const std::string& host = "unix:///nowhere/docker.sock") const {
        arguments.insert(arguments.begin(), program);
        support::ChildProcess child(arguments, {.environment = {{"HOME", folder.path("home")},
                                                                {"PATH", "/usr/bin:/bin"},
                                                                {"DOCKER_HOST", host},
                                                                {"BUILDX_CONFIG", folder.path("buildx")}},
                                                .inherit_environment = false,
                                                .directory = folder.path()});
        return child.wait(std::chrono::minutes(2));
    }

    /// What is wrong with `build FLAG ENTRY …`; empty when all is parsed, for then the builder is missed.
    std::string refusal(const std::string& flag, const Strings& entries) const {
        Strings arguments{"build", "--builder", "nobody"};
        for (const std::string& entry : entries)
            arguments.insert(arguments.end(), {flag, entry});
        arguments.emplace_back(".");
        const support::ChildResult result = run(std::move(arguments));
        return result.err.contains("no builder \"nobody\" found") ? std::string() : result.err + result.out;
    }

    /// How buildx writes down its own reading of these entries: one list each.
    std::vector<json::array> readings(const std::string& attribute, const Strings& entries) const {
        json::object targets;
        json::array names;
        for (std::size_t i = 0; i < entries.size(); ++i) {
            targets[fmt::format("t{}", i)] = json::object{{attribute, json::array{json::string(entries[i])}}};
            names.emplace_back(fmt::format("t{}", i));
        }
        json::object file{{"target", std::move(targets)}};
        file["group"] = json::object{{"default", json::object{{"targets", std::move(names)}}}};
        folder.write("bake.json", json::serialize(file));
        const support::ChildResult result = run({"bake", "-f", "bake.json", "--print", "--progress=quiet"});
        INFO(result.err);
        REQUIRE(result.exit_code == 0);
        const json::value printed = json::parse(result.out);
        std::vector<json::array> all;
        for (std::size_t i = 0; i < entries.size(); ++i) {
            const json::object& target = printed.at("target").at(fmt::format("t{}", i)).as_object();
            const auto found = target.find(attribute);
            all.push_back(found == target.end() ? json::array() : found->value().as_array());
        }
        return all;
    }
};

/// Entries that are mostly well-formed, in every spelling that a person or an attacker could come upon.
class Generator {
  public:
    std::size_t below(std::size_t bound) { return random_() % bound; }
    bool one_in(std::size_t bound) { return below(bound) == 0; }
    const std::string& pick(const Strings& from) { return from[below(from.size())]; }

    std::string cased(std::string word) {
        const std::size_t how = below(4);
        for (char& c : word) {
            const bool up = how == 1 || (how == 2 && &c == word.data()) || (how == 3 && one_in(2));
            if (up && c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
        }
        return word;
    }
    std::string spaced(std::string word, std::size_t chance) {
        if (one_in(chance)) word.insert(0, pick({" ", "\t", "  "}));
        if (one_in(chance)) word += pick({" ", "\t"});
        return word;
    }
    /// One field with its key spelled in some way, quoted where it has to be and sometimes where not.
    std::string field(const std::string& key, const std::string& given, std::size_t blanks) {
        // For buildx makes a file of a tar's destination as soon as it has read it.
        const std::string value = text::replace_all(given, "#", std::to_string(++made_));
        const std::string whole = spaced(cased(key), blanks) + "=" + spaced(value, 3 * blanks);
        const std::string quoted = "\"" + text::replace_all(whole, "\"", "\"\"") + "\"";
        return one_in(6) ? quoted : text::csv_field(whole);
    }
    /// Makes sure that no parser accepts it, or leaves it.
    std::string damaged(std::string entry) {
        switch (below(16)) {
            case 0:
                return entry + ",";
            case 1:
                return entry + ",bare";
            case 2:
                return "\"" + entry;
            case 3:
                return entry + ",a\"b=c";
            case 4:
                return entry + ",\"a=b\"c";
            default:
                return entry;
        }
    }
    std::string entry(const std::map<std::string, Strings>& keys, const Strings& types, std::size_t blanks) {
        Strings fields;
        if (!one_in(12)) fields.push_back(field("type", pick(types), blanks * 3));
        for (std::size_t i = below(4); i > 0; --i) {
            auto key = keys.begin();
            std::advance(key, static_cast<std::ptrdiff_t>(below(keys.size())));
            fields.insert(fields.begin() + static_cast<std::ptrdiff_t>(below(fields.size() + 1)),
                          field(key->first, pick(key->second), blanks));
        }
        return damaged(text::join(fields, ","));
    }

  private:
    std::mt19937 random_{kSeed};
    std::size_t made_ = 0;
};

const Strings kBooleans{"",  "1", "t", "T",     "true",  "True",  "TRUE",
                        "0", "f", "F", "false", "False", "FALSE", "yes"};

template <typename Entry>
json::object object_of(std::string_view type, const Entry& entry) {
    json::object object{{"type", type}};
    for (const auto& [key, value] : entry.attributes)
        object[key] = value;
    return object;
}

json::object expected(const OutputEntry& output) {
    json::object object = object_of(to_string(output.type), output);
    if (output.destination) object["dest"] = output.destination->string();
    return object;
}

json::object expected(const CacheEntry& cache) {
    json::object object = object_of(to_string(cache.type), cache);
    if (cache.reference) object["ref"] = cache.reference->text;
    if (cache.path) object[cache.direction == CacheDirection::from ? "src" : "dest"] = cache.path->string();
    return object;
}

json::object expected(const Attestation& attestation) {
    json::object object = object_of(to_string(attestation.type), attestation);
    if (attestation.disabled) object["disabled"] = true;
    return object;
}

/// buildx's reading with the differences that BuildKit does not see: spellings of booleans, a path before it
/// is looked up from the folder that buildx runs in, values that mean the default.
json::object meaning(const json::object& object, const json::object& ours, const std::string& folder) {
    static const std::set<std::string, std::less<>> kWithPaths{"local", "tar", "oci", "docker"};
    const auto path = [&](const std::string& written) {
        return (std::filesystem::path(folder) / written).lexically_normal().string();
    };
    const std::string type(object.contains("type") ? object.at("type").as_string() : json::string());
    json::object plain;
    for (const auto& [key, value] : object) {
        if (!value.is_string()) {
            plain[key] = value;
            continue;
        }
        const std::string text(value.as_string());
        const bool means_yes =
            text.empty() && (key == "push" || key == "unpack" || key == "force-compression");
        const bool means_default = text.empty() && (key == "mode" || key == "ignore-error" || key == "name");
        const bool unused = (type == "registry" && key == "push");
        if (means_default || unused) continue;
        if ((key == "dest" || key == "src") && kWithPaths.contains(type)) {
            // The path of a cache's other direction is looked at by nobody.
            if (ours.contains(key)) plain[key] = path(text);
        } else if (const std::optional<bool> boolean = parse_go_bool(text);
                   (boolean && key != "scope" && key != "x") || means_yes) {
            plain[key] = boolean.value_or(true) ? "true" : "false";
        } else {
            plain[key] = text;
        }
    }
    return plain;
}

struct Compared {
    std::size_t accepted = 0;
    std::size_t refused = 0;
};

/// Takes entries and our reading of each (nothing: refused): buildx accepts what we accept, reads what we
/// write back exactly as we mean it, and what was written as the same; it refuses what we take for malformed.
template <typename Entry, typename Parse>
Compared compare(const RealBuildx& real, const std::string& flag, const std::string& attribute,
                 const Strings& entries, Parse parse) {
    Compared compared;
    std::size_t malformed_checked = 0;
    Strings accepted;
    Strings written;
    std::vector<json::array> meant;
    for (const std::string& entry : entries) {
        const Result<std::vector<Entry>> ours = parse(entry);
        if (!ours) {
            ++compared.refused;
            const std::string& why = ours.error().why;
            if (malformed_checked == kMalformedChecked) continue;
            const bool malformed = why.contains("is refused: a quote") || why.contains("is not key=value") ||
                                   why.contains("field is empty");
            INFO(fmt::format("ours refuses '{}': {}", entry, why));
            if (!malformed) continue;
            ++malformed_checked;
            CHECK_FALSE(real.refusal(flag, {entry}).empty());
            continue;
        }
        ++compared.accepted;
        accepted.push_back(entry);
        json::array all;
        Strings texts;
        for (const Entry& one : *ours) {
            all.push_back(expected(one));
            texts.push_back(one.text());
        }
        meant.push_back(std::move(all));
        // A short form of several entries is several arguments.
        written.push_back(texts.size() == 1 ? texts.front() : entry);
    }
    CHECK(real.refusal(flag, accepted) == "");
    const std::vector<json::array> of_ours = real.readings(attribute, written);
    const std::vector<json::array> of_theirs = real.readings(attribute, accepted);
    for (std::size_t i = 0; i < accepted.size(); ++i) {
        INFO(fmt::format("'{}' becomes '{}'", accepted[i], written[i]));
        CHECK(json::value(of_ours[i]) == json::value(meant[i]));
        json::array theirs;
        json::array ours;
        for (const json::value& value : of_theirs[i]) {
            const json::object& mine = meant[i].at(ours.size()).as_object();
            theirs.push_back(meaning(value.as_object(), mine, real.root()));
            ours.push_back(meaning(mine, mine, real.root()));
        }
        CHECK(json::value(theirs) == json::value(ours));
    }
    return compared;
}

template <typename Entry>
Result<std::vector<Entry>> alone(Result<Entry> entry) {
    if (!entry) return std::unexpected(entry.error());
    return std::vector{*std::move(entry)};
}

}  // namespace

TEST_CASE("outputs are read as the real buildx reads them") {
    const RealBuildx real;
    Generator generate;
    const std::map<std::string, Strings> keys{
        {"dest", {"out#", "./a#", "a=b#", "with,comma#", "say \"hi\"#"}},
        {"push", kBooleans},
        {"name", {"app", "localhost:5000/a/b:c", "a,b:c", ""}},
        {"push-by-digest", kBooleans},
        {"unpack", kBooleans},
        {"compression", {"gzip", "zstd", "zip"}},
        {"unheard-of", {"x", "", "a=b", "line\nbreak"}},
        {"annotation.org.example.title", {"x, \"y\"", "z"}}};
    const Strings types{"image", "image",  "registry",  "registry", "local", "tar",
                        "oci",   "docker", "cacheonly", "Image",    "imgae"};
    Strings entries{
        "out", "a=b", "./x", "\"type=image\"", "type=local,dest=-x", "x y", "type=oci,tar=f,dest=q"};
    while (entries.size() < 260)
        entries.push_back(generate.entry(keys, types, 4));
    const support::TextPaths folder(real.root());
    const Compared compared =
        compare<OutputEntry>(real, "--output", "output", entries,
                             [&](const std::string& entry) { return alone(parse_output(entry, folder)); });
    CHECK(compared.accepted > 50);
    CHECK(compared.refused > 30);
}

TEST_CASE("caches are read as the real buildx reads them") {
    const RealBuildx real;
    const support::TextPaths folder(real.root());
    for (const CacheDirection direction : {CacheDirection::from, CacheDirection::to}) {
        Generator generate;
        const std::map<std::string, Strings> keys{{"scope", {"x", "a,b", "1", ""}},
                                                  {"ref", {"app", "localhost:5000/a/b:c"}},
                                                  {"src", {"in", "a/b"}},
                                                  {"dest", {"out", "a,b"}},
                                                  {"mode", {"min", "max", "", "maxx"}},
                                                  {"ignore-error", kBooleans},
                                                  {"image-manifest", kBooleans},
                                                  {"timeout", {"5m", "1.5s", "5"}},
                                                  {"bucket", {"b", "say \"hi\""}},
                                                  {"x", {"y", "a=b", ""}}};
        const Strings types{"gha", "gha", "registry", "local", "inline", "s3", "azblob", "gah", "GHA"};
        Strings entries{"app", "localhost:5000/a/b:c", "a,b", "\"a\",b:c", "type=gha"};
        while (entries.size() < 170)
            entries.push_back(generate.entry(keys, types, 12));
        const bool from = direction == CacheDirection::from;
        const Compared compared = compare<CacheEntry>(
            real, from ? "--cache-from" : "--cache-to", from ? "cache-from" : "cache-to", entries,
            [&](const std::string& entry) { return parse_cache(entry, direction, folder); });
        CHECK(compared.accepted > 25);
        CHECK(compared.refused > 15);
    }
}

TEST_CASE("attestations are read as the real buildx reads them") {
    const RealBuildx real;
    Generator generate;
    Strings entries{"type=sbom", "type=provenance,disabled=t"};
    const std::map<std::string, Strings> keys{{"disabled", {"0", "f", "False", "maybe"}},
                                              {"mode", {"min", "max", "mad"}},
                                              {"builder-id", {"https://example.org/a,b", "x"}},
                                              {"reproducible", kBooleans}};
    while (entries.size() < 60)
        entries.push_back(
            text::to_lower(generate.entry(keys, {"provenance", "provenance", "sbomb"}, 1'000'000)));
    const Compared compared =
        compare<Attestation>(real, "--attest", "attest", entries,
                             [&](const std::string& entry) { return alone(parse_attestation(entry)); });
    CHECK(compared.accepted > 10);
    CHECK(compared.refused > 10);
}

TEST_CASE("a secret is handed to the real buildx whatever its id and path are") {
    const RealBuildx real;
    real.folder.write("a,b \"c\"", "x");
    const Strings entries{
        text::csv_field("id=a,b") + "," + text::csv_field("src=" + real.folder.path("a,b \"c\"")),
        "id=x," + text::csv_field("src=" + real.folder.path("a,b \"c\""))};
    const std::vector<json::array> readings = real.readings("secret", entries);
    CHECK(readings[0].at(0).at("id") == "a,b");
    CHECK(readings[0].at(0).at("src").as_string() == real.folder.path("a,b \"c\""));
    CHECK(readings[1].at(0).at("id") == "x");
}

TEST_CASE("driver options are read as the real buildx reads them") {
    const RealBuildx real;
    struct Row {
        Strings entries;
        bool accepted;
    };
    const std::vector<Row> rows{
        {{"network=host"}, true},
        {{"network=bridge,network=host"}, true},
        {{"network=bridge", "\"network=host\""}, true},
        {{"\"env.A=a,network=host\"", "image=x"}, true},
        {{"default-load=t", "cpu-quota=5"}, true},
        {{"Network=host"}, false},
        {{" network=host"}, false},
        {{"network"}, false},
        {{"network=host,"}, false},
        {{"default-load=yes"}, false},
        {{"cpu-quota=x"}, false},
        {{"env.=x"}, false},
        {{"nodeselector=a"}, false},
    };
    const char* host = std::getenv("DOCKER_HOST");
    REQUIRE(host != nullptr);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        CAPTURE(rows[i].entries);
        const auto create = [&](const std::string& name, const Strings& options) {
            Strings argv{"create", "--name=" + name, "--driver=docker-container"};
            for (const std::string& option : options)
                argv.push_back("--driver-opt=" + option);
            argv.emplace_back(host);
            return real.run(std::move(argv)).exit_code == 0;
        };
        const auto recorded = [&](const std::string& name) {
            const json::value record = json::parse(real.folder.read("buildx/instances/" + name));
            std::map<std::string, std::string> options;
            for (const auto& [key, value] : record.at("Nodes").at(0).at("DriverOpts").as_object())
                options.emplace(key, value.as_string());
            return options;
        };
        Result<std::vector<DriverOption>> ours = parse_driver_options(rows[i].entries);
        const bool taken = ours && check_driver_options(*ours, "docker-container", "driver-opts").has_value();
        CHECK(taken == rows[i].accepted);
        const std::string name = fmt::format("b{}", i);
        CHECK(create(name, rows[i].entries) == rows[i].accepted);
        if (!taken) continue;
        Strings written;
        std::map<std::string, std::string> meant;
        for (const DriverOption& option : *ours) {
            written.push_back(option.text());
            meant.emplace(option.key, option.value);
        }
        REQUIRE(create(name + "w", written));
        CHECK(recorded(name + "w") == meant);
        std::map<std::string, std::string> theirs = recorded(name);
        for (auto& [key, value] : theirs) {
            if (key == "default-load") value = parse_go_bool(value) == true ? "true" : "false";
        }
        CHECK(theirs == meant);
    }
}

TEST_CASE("what is refused for BuildKit's sake, the real BuildKit refuses") {
    const RealBuildx real;
    const char* host = std::getenv("DOCKER_HOST");
    REQUIRE(host != nullptr);
    real.folder.write("Dockerfile", "FROM scratch\nCOPY Dockerfile /\n");
    const std::vector<std::pair<std::string, std::string>> rows{
        {"--output", "type=imgae"},
        {"--output", "type= image"},
        {"--output", "type=Image,name=x"},
        {"--output", "type=image,name=x,push=yes"},
        {"--output", "type=image,name=x,push= true"},
        {"--output", "type=image,compression=gz"},
        {"--output", "type=local"},
        {"--cache-to", "type=gah"},
        {"--cache-to", "type=registry,ref= a"},
        {"--cache-to", "type=registry,ref=x,image-manifest=yes"},
        {"--cache-to", "type=local"},
        {"--attest", "type=other"},
    };
    for (const auto& [flag, entry] : rows) {
        CAPTURE(flag, entry);
        if (flag == "--output") CHECK_FALSE(parse_output(entry, support::TextPaths(real.root())));
        if (flag == "--cache-to")
            CHECK_FALSE(parse_cache(entry, CacheDirection::to, support::TextPaths(real.root())));
        if (flag == "--attest") CHECK_FALSE(parse_attestation(entry));
        CHECK(
            real.run({"build", "--builder=default", "--progress=quiet", flag, entry, "."}, host).exit_code !=
            0);
    }
}
