#include "docker/build_argv.hpp"

#include "text/csv.hpp"
#include "text/strings.hpp"

#include <fmt/format.h>

#include <string_view>

namespace pr_image::docker {

namespace {

class Arguments {
  public:
    void flag(std::string_view name, const std::string& value) {
        if (value.empty()) return;
        list_.emplace_back(name);
        list_.push_back(value);
    }
    void flags(std::string_view name, const std::vector<std::string>& values) {
        for (const std::string& value : values)
            flag(name, value);
    }
    void toggle(std::string_view name, bool on) {
        if (on) list_.emplace_back(name);
    }
    std::vector<std::string> take(std::string positional) && {
        list_.push_back(std::move(positional));
        return std::move(list_);
    }

  private:
    std::vector<std::string> list_{"build"};
};

/// `shown`: for people, who get no credential to see.
void add_plan(Arguments& arguments, const plan::Plan& plan,
              const std::map<std::string, std::string>& secret_files, bool shown) {
    const plan::BuildRequest& build = plan.build;
    arguments.flag("--builder", plan.builder.name);
    arguments.flag("--file", build.file.text);
    arguments.flag("--target", build.target);
    arguments.flag("--platform", text::join(plan.platforms, ","));
    for (const Reference& tag : plan.tags)
        arguments.flag("--tag", tag.string());
    for (const auto& [key, value] : plan.labels)
        arguments.flag("--label", fmt::format("{}={}", key, value));
    arguments.flags("--annotation", plan.annotations);
    arguments.flags("--build-arg", build.build_args);
    for (const plan::NamedContext& context : build.build_contexts)
        arguments.flag("--build-context", context.string());
    for (const plan::CacheEntry& cache : plan.cache_from)
        arguments.flag("--cache-from", shown ? cache.shown() : cache.text());
    for (const plan::CacheEntry& cache : plan.cache_to)
        arguments.flag("--cache-to", shown ? cache.shown() : cache.text());
    for (const plan::BuildSecret& secret : build.secrets) {
        const auto file = secret_files.find(secret.id);
        const std::string path = secret.file ? secret.file->string() : std::string();
        const std::string& source = file == secret_files.end() ? path : file->second;
        const std::string id = text::csv_field("id=" + secret.id);
        arguments.flag("--secret",
                       source.empty() ? id : fmt::format("{},{}", id, text::csv_field("src=" + source)));
    }
    arguments.flags("--ssh", build.ssh);
    arguments.toggle("--no-cache", build.no_cache);
    // Every stage is without cache then, and buildx refuses both.
    if (!build.no_cache) arguments.flags("--no-cache-filter", build.no_cache_filters);
    arguments.toggle("--pull", build.pull);
    arguments.flags("--add-host", build.add_hosts);
    arguments.flags("--allow", build.allow);
    arguments.flag("--call", build.call);
    arguments.flag("--cgroup-parent", build.cgroup_parent);
    arguments.flag("--network", build.network);
    arguments.flag("--shm-size", build.shm_size);
    arguments.flags("--ulimit", build.ulimits);
    for (const plan::Attestation& attestation : build.attests)
        arguments.flag("--attest", attestation.text());
    for (const plan::OutputEntry& output : plan.outputs.given)
        arguments.flag("--output", output.text());
    if (!plan.outputs.tar.empty())
        arguments.flag("--output", "type=docker," + text::csv_field("dest=" + plan.outputs.tar));
    if (plan.outputs.load) arguments.flag("--output", "type=docker");
    if (plan.outputs.registry) arguments.flag("--output", "type=registry");
}

}  // namespace

std::vector<std::string> build_arguments(const plan::Plan& plan, const BuildFiles& files) {
    Arguments arguments;
    add_plan(arguments, plan, files.secrets, false);
    arguments.flag("--metadata-file", files.metadata);
    arguments.flag("--progress", "rawjson");
    return std::move(arguments).take(plan.build.context.text);
}

std::vector<std::string> typed_command(const plan::Plan& plan) {
    Arguments arguments;
    add_plan(arguments, plan, {}, true);
    std::vector<std::string> command{"docker", "buildx"};
    for (std::string& argument : std::move(arguments).take(plan.build.context.text))
        command.push_back(std::move(argument));
    return command;
}

}  // namespace pr_image::docker
