#include "e2e/manners.hpp"
#include "e2e/process_watch.hpp"
#include "e2e/scene.hpp"
#include "e2e/secret_masker.hpp"
#include "support/files.hpp"
#include "text/base64.hpp"
#include "text/csv.hpp"
#include "text/strings.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <catch2/catch_test_macros.hpp>

#include <filesystem>
#include <functional>
#include <set>
#include <string>

namespace pr_image::e2e {
namespace {

namespace json = boost::json;

/// Values that are hard to hide: several lines, quotes, percent signs, what the runner's commands are made
/// of, bytes that both base64 alphabets write differently.
const std::string kKey =
    "-----BEGIN TEST KEY-----\nMIIEpAIBAAKCAQEA+secret/one==\n\"quoted\" 100%41 'single' $(id) `id`\n"
    "::add-mask::nothing ##[group]inside\n-----END TEST KEY-----";
const std::string kPassphrase =
    "p%40ss \"w\\ord\" \xc3\xbf\xc3\xbe?"
    "?>>~~ 7c9e";
const std::string kFromFile = "of-a-file: {\"k\": \"v&<w>\"}";

/// What shows a secret in any of the forms in which GitHub's own runner would hide it.
class Traces {
  public:
    explicit Traces(const std::vector<std::string>& secrets) {
        for (const std::string& secret : secrets) {
            masker_.add(secret);
            for (const std::string user : {"mona:", "x:"})
                masker_.add(text::base64_encode(user + secret));
        }
    }
    [[nodiscard]] bool in(const std::string& text) const { return masker_.mask(text) != text; }

  private:
    SecretMasker masker_;
};

/// Every JSON document that a registry holds below a tag: index, manifests, configurations, attestations.
void each_document(const Scene& scene, const std::string& reference,
                   const std::function<void(const std::string& document)>& see) {
    const auto ask = [&](const std::string& rest) {
        return scene.ghcr
            .ask("GET", scene.repository(), rest,
                 {{"Accept",
                   "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json"}})
            .body;
    };
    const std::string document = ask("/manifests/" + reference);
    see(document);
    const json::value root = json::parse(document);
    const json::object& object = root.as_object();
    if (const json::value* manifests = object.if_contains("manifests")) {
        for (const json::value& child : manifests->as_array())
            each_document(scene, std::string(child.at("digest").as_string()), see);
        return;
    }
    see(ask("/blobs/" + std::string(root.at("config").at("digest").as_string())));
    for (const json::value& layer : root.at("layers").as_array()) {
        if (layer.at("mediaType").as_string() == "application/vnd.in-toto+json")
            see(ask("/blobs/" + std::string(layer.at("digest").as_string())));
    }
}

/// The log as the program wrote it, without the lines in which it tells the runner what to hide.
std::string without_masks(const std::string& log) {
    std::string rest;
    for (const std::string_view line : text::split(log, '\n')) {
        if (!line.starts_with("::add-mask::")) rest += std::string(line) + "\n";
    }
    return rest;
}

TEST_CASE("nothing that a run leaves behind shows a secret, in any form that the runner knows") {
    if (!may_watch_processes()) SKIP("looking at other users' processes takes root");
    Scene scene;
    Files files = busybox_app(
        "RUN --mount=type=secret,id=key --mount=type=secret,id=phrase --mount=type=secret,id=file "
        "for s in key phrase file; do cat /run/secrets/$s; echo; base64 /run/secrets/$s; "
        "base64 /run/secrets/$s | tr -d '\\n'; echo; done; cat /run/secrets/key >&2; "
        "test -s /run/secrets/key && test -s /run/secrets/phrase && test -s /run/secrets/file && sleep 1\n");
    scene.pull_request(files);
    support::write_file(scene.job.workspace() / "secret.txt", kFromFile);
    Step step = scene.step({{"secrets", text::csv_field("key=" + kKey)},
                            {"secret-envs", "phrase=PASSPHRASE"},
                            {"secret-files", "file=secret.txt"},
                            {"provenance", "mode=max"},
                            {"sbom", "false"}});
    step.env["PASSPHRASE"] = kPassphrase;
    ProcessWatch watch("");
    const Result result = run_watched(scene, step, watch);
    REQUIRE(result.exit_code == 0);
    REQUIRE(result.output("strategy") == "push");

    const Traces traces({kKey, kPassphrase, scene.token, scene.runtime_token});
    // The oracle: all of them were there to be seen.
    CHECK(traces.in(result.out));
    CHECK(result.displayed.find("***") != std::string::npos);

    CHECK_FALSE(traces.in(without_masks(result.out)));
    CHECK_FALSE(traces.in(result.err));
    CHECK_FALSE(traces.in(result.summary));
    for (const auto& [name, value] : result.outputs) {
        INFO("output " << name);
        CHECK_FALSE(traces.in(value));
    }
    for (const auto& annotation : result.annotations)
        CHECK_FALSE(traces.in(annotation.message));
    for (const auto& [path, content] : scene.files_left()) {
        INFO(path);
        CHECK_FALSE(traces.in(content));
    }

    std::size_t documents = 0;
    each_document(scene, scene.tag(), [&](const std::string& document) {
        ++documents;
        INFO(document);
        CHECK_FALSE(traces.in(document));
        CHECK_FALSE(document.contains(kFromFile));
    });
    CHECK(documents >= 5);

    REQUIRE_FALSE(watch.of("buildx").empty());
    for (const auto& [id, process] : watch.all()) {
        for (const auto& argument : process.argv)
            CHECK_FALSE(traces.in(argument));
        CHECK(process.limits.contains("Max core file size        0                    0 "));
    }
    for (const auto& process : watch.of("buildx"))
        CHECK_FALSE(traces.in(process.environment));
}

TEST_CASE("a failing build's annotation, summary and outputs show no secret that its log printed") {
    Scene scene;
    scene.pull_request(busybox_app(
        "RUN --mount=type=secret,id=key cat /run/secrets/key; base64 /run/secrets/key; exit 7\n"));
    const Result result = run_checked(scene, {{"secrets", text::csv_field("key=" + kKey)}});
    CHECK(result.exit_code == 1);
    const Traces traces({kKey, scene.token});
    REQUIRE(result.of(Annotation::Level::kError).size() == 1);
    CHECK(result.of(Annotation::Level::kError).front().message.contains("exit code: 7"));
    CHECK_FALSE(traces.in(without_masks(result.out)));
    CHECK_FALSE(traces.in(result.summary));
    for (const auto& annotation : result.annotations)
        CHECK_FALSE(traces.in(annotation.message));
    for (const auto& [path, content] : scene.files_left()) {
        INFO(path);
        CHECK_FALSE(traces.in(content));
    }
}

}  // namespace
}  // namespace pr_image::e2e
