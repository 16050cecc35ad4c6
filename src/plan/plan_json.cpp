#include "plan/plan_json.hpp"

#include "plan/build/attestations.hpp"
#include "plan/names/labels.hpp"
#include "text/sha256.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

namespace pr_image::plan {

using boost::json::array;
using boost::json::object;
using boost::json::value;

namespace {

array string_array(const std::vector<std::string>& values) {
    array list;
    for (const std::string& text : values)
        list.emplace_back(text);
    return list;
}

/// Credentials are not for whoever reads the plan.
array cache_array(const std::vector<CacheEntry>& caches) {
    array list;
    for (const CacheEntry& cache : caches)
        list.emplace_back(cache.shown());
    return list;
}

array output_array(const std::vector<OutputEntry>& outputs) {
    array list;
    for (const OutputEntry& output : outputs)
        list.emplace_back(output.text());
    return list;
}

template <typename T>
value string_or_null(const std::optional<T>& held) {
    return held ? value(held->string()) : value(nullptr);
}

object labels_object(const Labels& labels) {
    object entries;
    for (const auto& [key, text] : labels)
        entries[key] = text;
    return entries;
}

array secret_ids(const std::vector<BuildSecret>& secrets) {
    array ids;
    for (const BuildSecret& secret : secrets)
        ids.emplace_back(secret.id);
    return ids;
}

std::string_view to_string(PushAccess access) {
    switch (access) {
        case PushAccess::accepted:
            return "accepted";
        case PushAccess::denied:
            return "denied";
        case PushAccess::unauthorized:
            return "unauthorized";
        case PushAccess::unreachable:
            return "unreachable";
        case PushAccess::not_probed:
            return "not probed";
    }
    return "not probed";
}

/// A path inside the workspace means the same on every machine once it starts there.
std::string portable(std::string_view path, std::string_view workspace) {
    while (workspace.ends_with('/'))
        workspace.remove_suffix(1);
    if (workspace.empty() || !path.starts_with(workspace)) return std::string(path);
    const std::string_view rest = path.substr(workspace.size());
    return rest.empty() || rest.front() == '/' ? "." + std::string(rest) : std::string(path);
}

}  // namespace

object to_json(const Plan& plan) {
    object event{{"name", plan.event_name},
                 {"number", plan.number ? value(plan.number->value()) : value(nullptr)},
                 {"sha", string_or_null(plan.sha)},
                 {"same_repository", plan.same_repository},
                 {"trusted", plan.grants.has(Grant::push)}};
    array tags;
    for (const Reference& tag : plan.tags)
        tags.emplace_back(tag.string());
    array warnings;
    for (const Warning& warning : plan.warnings) {
        warnings.push_back(object{{"title", warning.title}, {"message", warning.message}});
    }
    object handover{{"registry", plan.outputs.registry},
                    {"artifact", plan.artifact ? value(plan.artifact->name) : value(nullptr)},
                    {"load", plan.outputs.load},
                    {"outputs", output_array(plan.outputs.given)}};
    return object{{"version", 1},
                  {"command", plan.command == Command::merge ? "merge" : "build"},
                  {"strategy", to_string(plan.strategy)},
                  {"reason", plan.reason},
                  {"warnings", std::move(warnings)},
                  {"event", std::move(event)},
                  {"image", plan.images.front().string()},
                  {"tags", std::move(tags)},
                  {"labels", labels_object(plan.labels)},
                  {"annotations", string_array(plan.annotations)},
                  {"platforms", string_array(plan.platforms)},
                  {"cache_from", cache_array(plan.cache_from)},
                  {"cache_to", cache_array(plan.cache_to)},
                  {"secrets", secret_ids(plan.build.secrets)},
                  {"builder", object{{"driver", to_string(plan.builder.driver)},
                                     {"name", plan.builder.name},
                                     {"why", plan.builder.why}}},
                  {"handover", std::move(handover)},
                  {"reuse", string_or_null(plan.reuse)},
                  {"hash", plan.hash}};
}

object to_json(const Facts& facts) {
    value engine = nullptr;
    if (facts.engine) {
        engine = object{{"version", facts.engine->version},
                        {"platform", facts.engine->platform},
                        {"containerd_image_store", facts.engine->containerd_image_store}};
    }
    value buildx = nullptr;
    if (facts.buildx) {
        buildx = object{{"version", facts.buildx->version}, {"standalone", facts.buildx->standalone}};
    }
    object push;
    for (const auto& [image, answer] : facts.push) {
        push[image] = object{{"access", to_string(answer.access)}, {"why", answer.why}};
    }
    value existing = nullptr;
    if (facts.existing) existing = facts.existing->digest.string();
    return object{{"probed", facts.probed},
                  {"engine", std::move(engine)},
                  {"buildx", std::move(buildx)},
                  {"push", std::move(push)},
                  {"cache_service", object{{"readable", facts.cache_service.readable},
                                           {"writable", facts.cache_service.writable}}},
                  {"checked_out", string_or_null(facts.checked_out)},
                  {"existing", std::move(existing)}};
}

std::string plan_hash(const Plan& plan, const std::string& workspace) {
    array tags;
    for (const Reference& tag : plan.tags)
        tags.emplace_back(tag.string());
    array labels;
    for (const auto& [key, text] : plan.labels) {
        const bool changes_each_run = key == kCreatedLabel || key == kRunIdLabel || key == kPlanLabel;
        if (!changes_each_run) labels.push_back(array{value(key), value(text)});
    }
    array build_contexts;
    for (const NamedContext& context : plan.build.build_contexts) {
        build_contexts.push_back(
            array{value(context.name + "="), value(portable(context.source.text, workspace))});
    }
    array outputs;
    for (OutputEntry output : plan.outputs.given) {
        const std::string path = output.destination ? output.destination->string() : std::string();
        output.destination.reset();
        outputs.push_back(array{value(output.text()), value(portable(path, workspace))});
    }
    std::vector<std::string> attests;
    attests.reserve(plan.build.attests.size());
    for (const Attestation& attest : plan.build.attests)
        attests.push_back(without_run(attest).text());
    const array parts{std::move(tags),
                      std::move(labels),
                      string_array(plan.annotations),
                      string_array(plan.platforms),
                      value(portable(plan.build.context.text, workspace)),
                      value(portable(plan.build.file.text, workspace)),
                      value(plan.build.target),
                      string_array(plan.build.build_args),
                      std::move(build_contexts),
                      secret_ids(plan.build.secrets),
                      string_array(plan.build.ssh),
                      string_array(attests),
                      std::move(outputs),
                      string_array(plan.build.no_cache_filters),
                      string_array(plan.build.add_hosts),
                      string_array(plan.build.allow),
                      value(plan.build.call),
                      value(plan.build.cgroup_parent),
                      value(plan.build.network),
                      value(plan.build.shm_size),
                      string_array(plan.build.ulimits)};
    return std::string(text::sha256(boost::json::serialize(parts)).hex());
}

}  // namespace pr_image::plan
