#include "e2e/scene.hpp"

#include "support/files.hpp"
#include "text/base64.hpp"

#include <fmt/format.h>

#include <random>

namespace pr_image::e2e {
namespace {

std::string random_token(std::string_view prefix) {
    static constexpr std::string_view kLetters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    static std::random_device device;
    std::uniform_int_distribution<std::size_t> pick(0, kLetters.size() - 1);
    std::string token(prefix);
    for (int i = 0; i < 36; ++i) {
        token += kLetters[pick(device)];
    }
    return token;
}

ActionMetadata action_metadata() {
    return parse_action_metadata(support::read_file(PR_IMAGE_ROOT "/action.yml"));
}

}  // namespace

Scene::Scene(const fakes::Ghcr::Options& options)
    : ghcr(options),
      registry([this](std::string_view method, const std::string& name, const std::string& rest,
                      const support::HttpFields& fields) { return ghcr.ask(method, name, rest, fields); }),
      folder("pr-image-e2e-"),
      token(random_token("ghs_")),
      runtime_token(random_token("runtime.")),
      job({.folder = folder.path(),
           .image = engine.action_image(),
           .action = action_metadata(),
           .docker_socket = engine.socket(),
           .token = token,
           .variables = {{"ACTIONS_RUNTIME_TOKEN", runtime_token}}},
          Repository()) {
    ghcr.add_token(token, {.read = true, .write = true});
}

Scene::~Scene() {
    try {
        for (const auto& image : engine.images(image())) {
            engine.remove_image(image);
        }
    } catch (const std::exception& problem) {
        fmt::print(stderr, "could not clean up: {}\n", problem.what());
    }
}

void Scene::pull_request(const Files& base, const Files& changes, const PullRequestSpec& spec) {
    std::filesystem::remove_all(job.workspace());
    commits = Checkout(Repository().full_name()).pull_request(job.workspace(), base, changes, spec.number);
    job.set_event(e2e::pull_request(spec, commits));
}

void Scene::pull_request_target(const Files& base, const Files& changes, const PullRequestSpec& spec,
                                CheckedOut what) {
    std::filesystem::remove_all(job.workspace());
    commits = Checkout(Repository().full_name())
                  .pull_request_target(job.workspace(), base, changes, spec.number, what);
    job.set_event(e2e::pull_request_target(spec, commits));
}

void Scene::push(const Files& files, const std::string& branch) {
    std::filesystem::remove_all(job.workspace());
    commits = Checkout(Repository().full_name()).branch(job.workspace(), files, branch);
    job.set_event(e2e::push(Repository(), branch, commits));
}

Step Scene::step(std::map<std::string, std::string> more) const {
    more.insert({{"registry", ghcr.host()}, {"username", "mona"}, {"password", token}});
    return {.with = std::move(more), .network = kHostNetwork};
}

Result Scene::run(const std::map<std::string, std::string>& more) {
    return job.run(step(more));
}

Files Scene::files_left() const {
    Files files;
    for (const auto& top : {job.temp(), job.workspace()}) {
        for (auto entry = std::filesystem::recursive_directory_iterator(top);
             entry != std::filesystem::recursive_directory_iterator(); ++entry) {
            if (entry->path().filename() == ".git") entry.disable_recursion_pending();
            if (!entry->is_regular_file()) continue;
            files[entry->path()] = support::read_file(entry->path());
        }
    }
    return files;
}

bool Scene::holds_secret(std::string_view text) const {
    for (const std::string& secret : {token, runtime_token}) {
        if (text.find(secret) != std::string_view::npos) return true;
        if (text.find(text::base64_encode("mona:" + secret)) != std::string_view::npos) return true;
    }
    return false;
}

Files copy_only_app() {
    return {{"Dockerfile", "FROM scratch AS app\nCOPY app /app\n"}, {"app", "an app\n"}};
}

Files busybox_app(const std::string& instructions) {
    return {{"Dockerfile", "FROM busybox:stable\n" + instructions}};
}

}  // namespace pr_image::e2e
