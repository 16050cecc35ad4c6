#include "commands/pull/download_image.hpp"

#include "text/sha256.hpp"

#include <catch2/catch_test_macros.hpp>

#include <map>
#include <string>
#include <vector>

using namespace pr_image;

namespace {

const Reference kName = Reference::parse("ghcr.io/acme/app:pr-7").value();
const CommitSha kHead = CommitSha::parse(std::string(40, 'a')).value();

docker::ImageContent image() {
    const docker::Blob blob{text::sha256("x"), 1};
    return {.target = blob,
            .media_type = "t",
            .config = blob,
            .layers = {},
            .blobs = {},
            .os = "linux",
            .architecture = "amd64",
            .variant = {},
            .labels = {{"dev.pr-image.head-sha", kHead.string()}},
            .names = {kName}};
}

plan::PullPlan plan_for(const Reference& reference) {
    return {.image = reference.name(),
            .reference = reference,
            .head_sha = kHead,
            .merge_sha = {},
            .sources = {plan::Source::artifact},
            .names = {kName},
            .built = {kName},
            .artifact = {},
            .part = {},
            .run_id = {},
            .ask = {}};
}

/// What the error is called; empty: there is none.
std::string refused(const docker::ImageContent& content, const Reference& wanted = kName,
                    const std::string& platform = "linux/amd64") {
    const Result<void> verified = commands::verify_image(content, plan_for(wanted), platform);
    return verified ? std::string() : verified.error().what;
}

}  // namespace

TEST_CASE(
    "an image from an archive is used only if its name, commit, digest and platform are the wanted ones") {
    CHECK(refused(image()).empty());
    CHECK(refused(image(), kName, "").empty());
    CHECK(refused(image(), kName, "linux/arm64") == "Wrong platform");
    CHECK(refused(image(), kName, "windows/amd64") == "Wrong platform");

    docker::ImageContent nameless = image();
    nameless.names.clear();
    CHECK(refused(nameless) == "Image archive refused");
    docker::ImageContent stale = image();
    stale.labels = {{"dev.pr-image.head-sha", std::string(40, 'b')}};
    CHECK(refused(stale) == "Stale image");
    stale.labels.clear();
    CHECK(refused(stale) == "Unknown image");

    const Digest digest = text::sha256("x");
    CHECK(refused(image(), Reference(kName.name(), digest)).empty());
    CHECK(refused(image(), Reference(kName.name(), text::sha256("y"))) == "Another image");
}
