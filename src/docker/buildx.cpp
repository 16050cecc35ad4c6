#include "docker/buildx.hpp"

#include "process/read_file.hpp"
#include "process/subprocess.hpp"
#include "text/strings.hpp"
#include "text/try.hpp"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace pr_image::docker {
namespace {

constexpr std::string_view kPlugin = "docker-buildx";

constexpr std::array<std::string_view, 25> kPassedOn{"PATH",
                                                     "HOME",
                                                     "LANG",
                                                     "LC_ALL",
                                                     "TZ",
                                                     "XDG_RUNTIME_DIR",
                                                     "DOCKER_HOST",
                                                     "DOCKER_TLS",
                                                     "DOCKER_TLS_VERIFY",
                                                     "DOCKER_CERT_PATH",
                                                     "DOCKER_API_VERSION",
                                                     "HTTP_PROXY",
                                                     "http_proxy",
                                                     "HTTPS_PROXY",
                                                     "https_proxy",
                                                     "NO_PROXY",
                                                     "no_proxy",
                                                     "ALL_PROXY",
                                                     "all_proxy",
                                                     "SSL_CERT_FILE",
                                                     "SSL_CERT_DIR",
                                                     "KUBECONFIG",
                                                     "SOURCE_DATE_EPOCH",
                                                     "BUILDX_NO_DEFAULT_ATTESTATIONS",
                                                     "BUILDKIT_MULTI_PLATFORM"};

std::string value(const Variables& variables, std::string_view name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::string() : found->second;
}

bool is_program(const std::string& path) {
    struct stat status = {};
    return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) && ::access(path.c_str(), X_OK) == 0;
}

std::string config_folder(const Variables& own) {
    std::string config = value(own, "DOCKER_CONFIG");
    if (!config.empty()) return config;
    const std::string home = value(own, "HOME");
    return home.empty() ? std::string() : home + "/.docker";
}

std::string find_on_path(const Variables& own, std::string_view name) {
    const std::string path = value(own, "PATH");
    for (const std::string_view folder : text::split(path, ':')) {
        if (!folder.starts_with('/')) continue;
        std::string candidate = fmt::format("{}/{}", folder, name);
        if (is_program(candidate)) return candidate;
    }
    return {};
}

std::vector<std::string> system_folders(const std::string& root) {
    std::vector<std::string> folders;
    for (const std::string_view prefix : {"/usr/local", "/usr"}) {
        for (const std::string_view kind : {"lib", "libexec"}) {
            folders.push_back(fmt::format("{}{}/{}/docker/cli-plugins", root, prefix, kind));
        }
    }
    return folders;
}

std::optional<Buildx> locate(const Variables& own, const std::string& root) {
    const auto standalone = [](std::string program) {
        return Buildx{.program = {std::move(program)}, .version = {}, .standalone = true};
    };
    std::vector<std::string> folders = system_folders(root);
    for (const std::string& folder : folders) {
        std::string image_own = fmt::format("{}/{}", folder, kPlugin);
        struct stat status = {};
        const bool has_version = ::stat(fmt::format("{}.version", image_own).c_str(), &status) == 0;
        if (has_version && is_program(image_own)) return standalone(std::move(image_own));
    }
    if (const std::string config = config_folder(own); !config.empty())
        folders.insert(folders.begin(), config + "/cli-plugins");
    for (const std::string& folder : folders) {
        std::string candidate = fmt::format("{}/{}", folder, kPlugin);
        if (is_program(candidate)) return standalone(std::move(candidate));
    }
    for (const std::string_view name : {kPlugin, std::string_view("buildx")}) {
        std::string candidate = find_on_path(own, name);
        if (!candidate.empty()) return standalone(std::move(candidate));
    }
    const std::string docker = find_on_path(own, "docker");
    if (!docker.empty()) return Buildx{.program = {docker, "buildx"}, .version = {}, .standalone = false};
    return std::nullopt;
}

}  // namespace

std::string version_of(std::string_view printed) {
    const std::string flat = text::replace_all(text::replace_all(printed, "\n", " "), "\t", " ");
    for (std::string_view word : text::split(flat, ' ')) {
        if (word.starts_with('v')) word.remove_prefix(1);
        if (word.empty() || !text::is_digit(word.front())) continue;
        const std::size_t end = word.find_first_not_of("0123456789.");
        return std::string(word.substr(0, end));
    }
    return {};
}

boost::asio::awaitable<Result<Buildx>> find_buildx(Variables own, std::string root) {
    std::optional<Buildx> found = locate(own, root);
    if (!found) {
        co_return text::fail(
            "buildx not found",
            "neither the plugin docker-buildx nor docker is in docker's plugin folders or on PATH",
            "Install docker buildx, 0.21 or newer");
    }
    if (found->standalone) {
        const auto file = process::read_file(found->program.front() + ".version", 4096);
        if (file) {
            const std::optional<std::string>& text = *file;
            if (text) found->version = version_of(*text);
        }
    }
    if (found->version.empty()) {
        process::Command command;
        command.argv = found->program;
        command.argv.emplace_back("version");
        command.environment =
            buildx_environment(own, {.config = config_folder(own), .temporary = {}, .builders = {}}, {});
        std::string printed;
        command.on_stdout = [&printed](const process::Line& line) {
            printed += std::string(line.text) + " ";
        };
        CO_TRY_ASSIGN(const process::ExitStatus status, co_await process::run(std::move(command)));
        if (!status.ok()) {
            co_return text::fail("buildx not found",
                                 fmt::format("'{}' cannot say its version: {}",
                                             text::join(found->program, " "), process::to_string(status)),
                                 "Install docker buildx, 0.21 or newer");
        }
        found->version = version_of(printed);
    }
    co_return *std::move(found);
}

std::string builders_folder(const Variables& own) {
    std::string given = value(own, "BUILDX_CONFIG");
    if (!given.empty()) return given;
    const std::string config = config_folder(own);
    return config.empty() ? std::string() : config + "/buildx";
}

std::string builders_for(const plan::Builder& builder, const Variables& own,
                         const std::string& private_folder) {
    return builder.existing ? builders_folder(own) : private_folder + "/buildx";
}

std::vector<std::string> buildx_environment(const Variables& own, const BuildxFolders& folders,
                                            const BuildxGrants& grants) {
    std::vector<std::string> environment;
    const auto set = [&](std::string_view name, std::string_view text) {
        if (!text.empty()) environment.push_back(fmt::format("{}={}", name, text));
    };
    for (const std::string_view name : kPassedOn)
        set(name, value(own, name));
    if (grants.ssh_agent) set("SSH_AUTH_SOCK", value(own, "SSH_AUTH_SOCK"));
    set("DOCKER_CONFIG", folders.config);
    set("BUILDX_CONFIG", folders.builders);
    set("TMPDIR", folders.temporary);
    // Resolving provenance for the metadata file takes another round trip; the registry holds it anyway.
    set("BUILDX_METADATA_PROVENANCE", "disabled");
    // The image's revision label says the commit; asking git takes several processes, where there is one.
    set("BUILDX_GIT_INFO", "false");
    environment.insert(environment.end(), grants.variables.begin(), grants.variables.end());
    return environment;
}

}  // namespace pr_image::docker
