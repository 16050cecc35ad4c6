#include "e2e/engine.hpp"

#include "support/child_process.hpp"
#include "support/files.hpp"
#include "support/temporary_folder.hpp"
#include "text/strings.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <cstdlib>
#include <stdexcept>

namespace pr_image::e2e {
namespace {

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string() : value;
}

std::string required(const char* name, std::string_view option) {
    std::string value = variable(name);
    if (value.empty()) {
        throw std::runtime_error(std::string(name) +
                                 " is not set: run this through tests/engine/with-engine " +
                                 std::string(option));
    }
    return value;
}

}  // namespace

Engine::Engine()
    : action_image_(required("PR_IMAGE_TEST_ACTION_IMAGE", "--action-image")),
      host_address_(required("PR_IMAGE_TEST_HOST_ADDRESS", "--action-image")) {
    static constexpr std::string_view kUnix = "unix://";
    const std::string host = required("DOCKER_HOST", "--action-image");
    if (!host.starts_with(kUnix)) throw std::runtime_error("the engine has no Unix socket: " + host);
    socket_ = host.substr(kUnix.size());
    if (const std::string folder = variable("PR_IMAGE_TEST_CERTS"); !folder.empty()) certificates_ = folder;
}

bool Engine::has_image(const std::string& name) const {
    return support::try_run({"docker", "image", "inspect", name}).exit_code == 0;
}

std::string Engine::image_id(const std::string& image) const {
    return std::string(
        text::trim(support::run({"docker", "image", "inspect", "--format", "{{.Id}}", image}).out));
}

std::map<std::string, std::string> Engine::labels(const std::string& image) const {
    const auto out =
        support::run({"docker", "image", "inspect", "--format", "{{json .Config.Labels}}", image}).out;
    std::map<std::string, std::string> labels;
    const auto value = boost::json::parse(text::trim(out));
    if (const auto* object = value.if_object()) {
        for (const auto& [key, label] : *object) {
            labels.emplace(key, label.as_string());
        }
    }
    return labels;
}

std::vector<std::string> Engine::images(const std::string& prefix) const {
    const auto out = support::run({"docker", "image", "ls", "--format", "{{.Repository}}:{{.Tag}}"}).out;
    std::vector<std::string> found;
    for (const auto line : text::lines(out)) {
        if (line.starts_with(prefix)) found.emplace_back(line);
    }
    return found;
}

std::string Engine::read_file(const std::string& image, const std::string& path) const {
    const support::TemporaryFolder folder;
    const std::string id(text::trim(support::run({"docker", "create", image, "never-run"}).out));
    const auto target = folder.path() / "file";
    const auto copied = support::try_run({"docker", "cp", id + ":" + path, target.string()});
    support::run({"docker", "rm", "--force", id});
    if (copied.exit_code != 0) throw std::runtime_error(copied.err);
    return support::read_file(target);
}

void Engine::remove_image(const std::string& name) const {
    support::try_run({"docker", "image", "rm", "--force", name});
}

std::optional<std::string> Engine::container_id(const std::string& name) const {
    const auto found = support::try_run({"docker", "container", "inspect", "--format", "{{.Id}}", name});
    if (found.exit_code != 0) return std::nullopt;
    return std::string(text::trim(found.out));
}

bool Engine::has_volume(const std::string& name) const {
    return support::try_run({"docker", "volume", "inspect", name}).exit_code == 0;
}

}  // namespace pr_image::e2e
