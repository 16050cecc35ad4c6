#include "e2e/buildkit.hpp"

#include "e2e/engine.hpp"
#include "support/files.hpp"
#include "support/tar_writer.hpp"
#include "support/temporary_folder.hpp"
#include "text/strings.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <catch2/catch_test_macros.hpp>
#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <stdexcept>
#include <string_view>

namespace pr_image::e2e {
namespace {

constexpr std::string_view kUnix = "unix://";

/// Runs another private engine for as long as the process lives; its first line says where.
std::unique_ptr<support::ChildProcess> start_other_engine() {
    const char* kind = std::getenv("PR_IMAGE_TEST_ENGINE");
    if (kind == nullptr || std::string_view(kind) != "private")
        SKIP("a second engine is started only where the first is private, too");
    // with-engine takes an empty variable for a machine that has no engine yet.
    return std::make_unique<support::ChildProcess>(
        std::vector<std::string>{PR_IMAGE_WITH_ENGINE, "sh", "-c",
                                 "echo \"$DOCKER_HOST\" && exec sleep infinity"},
        support::ChildOptions{.environment = {{"PR_IMAGE_TEST_BUILDX", ""}}});
}

std::string socket_of(support::ChildProcess& engine) {
    engine.pump_until([&] { return engine.out().contains('\n'); }, std::chrono::minutes(2));
    const std::string_view host = text::trim(engine.out());
    if (!host.starts_with(kUnix)) throw std::runtime_error("the other engine did not start: " + engine.err());
    return std::string(host.substr(kUnix.size()));
}

/// The image's file system: the program under its two names, and the folder that the driver copies
/// configuration to.
std::string image_tar() {
    support::TarWriter tar;
    tar.folder("etc/");
    tar.entry('0', "usr/bin/buildkitd", support::read_file(PR_IMAGE_BUILDKIT_PROGRAM),
              [](std::string& header) { support::TarWriter::put(header, 100, "0000755"); });
    tar.entry('2', "usr/bin/buildctl", {},
              [](std::string& header) { support::TarWriter::put(header, 157, "buildkitd"); });
    return tar.finish();
}

/// The names of those that run, and of stopped ones, too, where they are asked for.
std::vector<std::string> containers_of(const std::string& image, bool stopped) {
    const std::string all = fmt::format("--all={}", stopped);
    const std::string listed = support::try_run({"docker", "container", "ls", all, "--filter",
                                                 "ancestor=" + image, "--format", "{{.Names}}"})
                                   .out;
    std::vector<std::string> names;
    for (const auto line : text::lines(listed))
        names.emplace_back(line);
    return names;
}

}  // namespace

Buildkit::Buildkit(Of of)
    : other_engine_(of == Of::kOtherEngine ? start_other_engine() : nullptr),
      engine_socket_(other_engine_ ? socket_of(*other_engine_) : Engine().socket()),
      relay_(std::make_unique<support::BuildkitRelay>(engine_socket_)),
      // The driver asks the registry first, and takes the engine's own image when that fails: here, at once.
      image_(fmt::format("127.0.0.1:9/buildkit:port-{}", relay_->port())) {
    const support::TemporaryFolder folder;
    const auto tar = folder.path() / "image.tar";
    support::write_file(tar, image_tar());
    support::run({"docker", "import", "--change", "ENTRYPOINT [\"/usr/bin/buildkitd\"]", "--change",
                  fmt::format("ENV TEST_BUILDKIT_PORT={}", relay_->port()), tar.string(), image_});
}

Buildkit::~Buildkit() {
    for (const std::string& container : containers_of(image_, true)) {
        support::try_run({"docker", "container", "rm", "--force", container});
        support::try_run({"docker", "volume", "rm", "--force", container + "_state"});
    }
    support::try_run({"docker", "image", "rm", "--force", image_});
}

std::string Buildkit::endpoint() const {
    return fmt::format("tcp://127.0.0.1:{}", relay_->port());
}

std::map<std::string, std::string> Buildkit::container_driver(std::map<std::string, std::string> more) const {
    more.insert({{"driver", "docker-container"}, {"driver-opts", "image=" + image_ + "\nnetwork=host"}});
    return more;
}

std::vector<std::string> Buildkit::containers() const {
    return containers_of(image_, false);
}

support::ChildResult Buildkit::docker(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"docker", "--host", std::string(kUnix) + engine_socket_});
    return support::try_run(arguments);
}

std::string builder_container(const Result& result) {
    const auto plan = boost::json::parse(result.output("plan"));
    return fmt::format("buildx_buildkit_{}0", plan.at("builder").at("name").as_string().c_str());
}

}  // namespace pr_image::e2e
