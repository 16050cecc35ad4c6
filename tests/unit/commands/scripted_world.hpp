#pragma once

#include "fakes/fault_proxy.hpp"
#include "fakes/http_server.hpp"
#include "fakes/memory_registry.hpp"
#include "support/files.hpp"
#include "text/strings.hpp"
#include "unit/commands/run_world.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace pr_image::commands {

/// Stores an image of pull request 7's head, which some other plan has built, as acme/app; gives its digest.
/// An empty tag: by digest alone. `name` makes its content its own.
inline std::string put_image(fakes::MemoryRegistry& registry, const std::string& tag,
                             const std::string& name = {}) {
    const std::string type = "application/vnd.oci.image.";
    const std::string config = boost::json::serialize(boost::json::object{
        {"os", "linux"},
        {"architecture", "amd64"},
        {"author", name},
        {"config",
         {{"Labels", {{"dev.pr-image.number", "7"}, {"dev.pr-image.head-sha", std::string(40, 'a')}}}}}});
    const std::string manifest =
        boost::json::serialize(boost::json::object{{"schemaVersion", 2},
                                                   {"mediaType", type + "manifest.v1+json"},
                                                   {"config",
                                                    {{"mediaType", type + "config.v1+json"},
                                                     {"digest", registry.put_blob(config)},
                                                     {"size", config.size()}}},
                                                   {"layers", boost::json::array()}});
    return registry.put_manifest("acme/app", tag, type + "manifest.v1+json", manifest);
}

/// A pull request with an engine that only says what it is, a registry in memory that holds what buildx is
/// said to push, and a buildx that is a script: its n-th build does what `build(n, …)` says, and any other
/// pushes. It cannot tell whether a real one would behave like that:
/// tests/integration/commands/faults_test.cpp can.
class ScriptedWorld : public RunWorld {
  public:
    ScriptedWorld() : ScriptedWorld(fakes::FaultProxy::Options()) {}

    /// Takes what clients see of the registry.
    explicit ScriptedWorld(const fakes::FaultProxy::Options& front) : proxy(registry.server().port(), front) {
        const std::string digest = registry.put_manifest(
            "acme/app", tag(), "application/vnd.oci.image.manifest.v1+json", R"({"schemaVersion":2})");
        write("Dockerfile", "FROM scratch\n");
        std::filesystem::create_directories(here() / "cli-plugins");
        support::write_file(here() / "metadata.json", R"({"containerimage.digest":")" + digest + "\"}");
        support::write_file(here() / "cli-plugins/docker-buildx.version", "0.29.1");
        const std::filesystem::path program = here() / "cli-plugins/docker-buildx";
        support::write_file(program, R"(#!/bin/sh
cd ")" + here().string() + R"("
echo "$@" >> calls
if [ "$1" != build ]; then [ ! -f "on-$1" ] || . "./on-$1"; exit 0; fi
read -r n < count; n=$((n + 1)); echo $n > count
while [ $# -gt 0 ]; do
    case $1 in
    --metadata-file) metadata=$2 ;;
    type=docker,dest=*) tar=${1#*dest=}; echo "half of a tar" > "$tar" ;;
    esac
    shift
done
if [ -f build-$n ]; then . ./build-$n; fi
cp metadata.json "$metadata"
)");
        std::filesystem::permissions(program, std::filesystem::perms::owner_all);
        variables["DOCKER_CONFIG"] = here().string();
        variables["DOCKER_HOST"] = "unix://" + socket();
        variables["INPUT_IMAGE"] = proxy.host() + "/acme/app";
        variables["INPUT_REGISTRY"] = proxy.host();
        variables["INPUT_USERNAME"] = "mona";
        variables["INPUT_PASSWORD"] = "hunter2";
        reset();
    }

    /// Forgets what buildx was asked and told so far.
    void reset() const {
        for (int n = 1; n < 20; ++n)
            std::filesystem::remove(here() / ("build-" + std::to_string(n)));
        support::write_file(here() / "calls", "");
        support::write_file(here() / "count", "0");
    }

    /// Lets the n-th build do this.
    void build(int n, const std::string& script) const {
        support::write_file(here() / ("build-" + std::to_string(n)), script);
    }

    /// Lets another of buildx's verbs, such as `create`, do this.
    void on(const std::string& verb, const std::string& script) const {
        support::write_file(here() / ("on-" + verb), script);
    }

    /// Lets the n-th build end with this error.
    void fail(int n, const std::string& error) const {
        const std::string file = (here() / ("error-" + std::to_string(n))).string();
        support::write_file(file, "ERROR: " + error + "\n");
        build(n, "cat '" + file + "' >&2; exit 1\n");
    }

    /// How buildx was called: its arguments, one call a line.
    [[nodiscard]] std::vector<std::string> calls() const {
        std::vector<std::string> lines;
        const std::string all = support::read_file(here() / "calls");
        for (const std::string_view line : text::lines(all))
            lines.emplace_back(line);
        return lines;
    }

    [[nodiscard]] std::filesystem::path here() const { return folder.path() / "docker"; }
    [[nodiscard]] std::string socket() const { return (folder.path() / "engine.sock").string(); }

    fakes::MemoryRegistry registry{{{"mona", {"hunter2", true, false}}}};
    fakes::FaultProxy proxy;
    std::string engine_image;  ///< the ID of what it holds under any name it is asked for; empty: nothing
    fakes::HttpServer engine{
        [this](const fakes::Seen& request) -> fakes::Reply {
            if (request.target.ends_with("/info")) {
                return fakes::Reply{.body =
                                        R"({"ServerVersion":"28.5.2","OSType":"linux","Architecture":"x86_64",
                                "DriverStatus":[["driver-type","io.containerd.snapshotter.v1"]]})"};
            }
            if (request.target.contains("/images/load"))
                return {.body = R"({"stream":"Loaded image ID: )" + engine_image + R"(\n"})"};
            if (!engine_image.empty()) {
                return fakes::Reply{.body = R"({"Id":")" + engine_image +
                                            R"(","Os":"linux","Architecture":"amd64","Config":{"Labels":{)"
                                            R"("dev.pr-image.head-sha":")" +
                                            std::string(40, 'a') + "\"}}}"};
            }
            return fakes::Reply{.status = 404, .body = R"({"message":"No such image"})"};
        },
        fakes::ServerOptions{.unix_socket = socket()}};
};

}  // namespace pr_image::commands
