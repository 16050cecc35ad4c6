#include "plan/plan_json.hpp"

#include "plan/decide.hpp"
#include "plan/names/labels.hpp"
#include "unit/plan/examples.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <algorithm>

using namespace pr_image;
using namespace pr_image::plan;
using namespace pr_image::plan::examples;

namespace {

Plan decided(const Event& event, const InputMap& raw = {}, const Facts& facts = examples::facts()) {
    return decide(event, inputs(raw, {{"VARIABLE", "s3cr3t-2"}}), facts).value();
}

}  // namespace

TEST_CASE("a plan's JSON has the shape that design gives it") {
    const Plan plan = decided(same_repository_pull_request(),
                              {{"secrets", "api=s3cr3t"}, {"annotations", "index:a=b"}, {"labels", "c=d"}});
    const boost::json::value expected = boost::json::parse(fmt::format(
        R"({{"version":1,"command":"build","strategy":"push",
             "reason":"pull request #7 comes from this repository and the registry accepts the push","warnings":[],
             "event":{{"name":"pull_request","number":7,"sha":"{0}","same_repository":true,"trusted":true}},
             "image":"ghcr.io/acme/app","tags":["ghcr.io/acme/app:pr-7-{0}"],
             "labels":{{"org.opencontainers.image.title":"App","org.opencontainers.image.description":"An app",
               "org.opencontainers.image.url":"https://github.com/Acme/App",
               "org.opencontainers.image.source":"https://github.com/Acme/App",
               "org.opencontainers.image.version":"pr-7-{0}",
               "org.opencontainers.image.created":"2026-01-02T03:04:05.000Z",
               "org.opencontainers.image.licenses":"MIT","c":"d","org.opencontainers.image.revision":"{1}","dev.pr-image.number":"7",
               "dev.pr-image.head-sha":"{0}","dev.pr-image.run-id":"555","dev.pr-image.plan":"{2}"}},
             "annotations":["index:a=b"],"platforms":["linux/amd64"],
             "cache_from":["type=gha,scope=app-pr-7","type=gha,scope=app-main"],
             "cache_to":["type=gha,scope=app-pr-7,mode=max,ignore-error=true"],"secrets":["api"],
             "builder":{{"driver":"docker","name":"default",
               "why":"the engine's own builder can do all that this build needs, without a start of its own"}},
             "handover":{{"registry":true,"artifact":null,"load":false,"outputs":[]}},"reuse":null,"hash":"{2}"}})",
        kHead, kMerge, plan.hash));
    CHECK(boost::json::value(to_json(plan)) == expected);
}

TEST_CASE("a plan's JSON is one line, whatever the event and the inputs contain") {
    Event event = same_repository_pull_request();
    event.description = "a\n::error::b\r##[set-output name=x]y";
    const std::string json =
        boost::json::serialize(to_json(decided(event, {{"labels", "\"a=b\n::error::c\""}})));
    CHECK_FALSE(json.contains('\n'));
    CHECK_FALSE(json.contains('\r'));
}

TEST_CASE("no secret's value is in the JSON of plan or facts, nor can one be told from the hash") {
    const auto secrets = [](const std::string& value) {
        return InputMap{{"secrets", "api=" + value},
                        {"secret-envs", "env=VARIABLE"},
                        {"secret-files", "file=secret.txt"},
                        {"token", value},
                        {"password", value},
                        {"registry-auth", "registry=docker.io,username=u,password=" + value}};
    };
    const Event event = GENERATE(same_repository_pull_request(), fork_pull_request(), push_main());
    const Facts found = facts();
    const Plan plan = decided(event, secrets("s3cr3t-1"), found);
    const std::string json = boost::json::serialize(to_json(plan)) + boost::json::serialize(to_json(found));
    CHECK_FALSE(json.contains("s3cr3t"));
    CHECK_FALSE(json.contains("secret.txt"));
    CHECK(plan.hash == decided(event, secrets("an0ther"), found).hash);
    if (plan.grants.has(Grant::push))
        CHECK(to_json(plan).at("secrets") == boost::json::parse(R"(["api","env","file"])"));
    if (!plan.grants.has(Grant::push)) CHECK(to_json(plan).at("secrets") == boost::json::parse("[]"));
}

TEST_CASE("a plan without a number says null, a fallback what it hands over") {
    const boost::json::object main = to_json(decided(push_main()));
    CHECK(main.at("event").at("number").is_null());
    CHECK(main.at("event").at("sha") == boost::json::value(kMain));

    const boost::json::object fork = to_json(decided(fork_pull_request(), {{"push", "true"}}));
    CHECK(fork.at("strategy") == "fallback");
    CHECK(fork.at("handover") ==
          boost::json::parse(R"({"registry":false,"artifact":null,"load":true,"outputs":[]})"));
    CHECK(fork.at("event").at("trusted") == false);
    CHECK(fork.at("event").at("same_repository") == false);
    CHECK(fork.at("warnings").at(0).at("title") == "Not pushed");

    const boost::json::object closed = to_json(decided(closed_pull_request()));
    CHECK(closed.at("strategy") == "skip");
    CHECK(closed.at("image") == "ghcr.io/acme/app");
    CHECK(closed.at("tags").as_array().empty());
}

TEST_CASE("a plan that reuses an image names its digest") {
    Facts found = facts();
    const Plan first = decided(same_repository_pull_request());
    found.existing = existing_image({first.labels.begin(), first.labels.end()});
    CHECK(to_json(decided(same_repository_pull_request(), {}, found)).at("reuse") ==
          boost::json::value(digest('e').string()));
}

TEST_CASE("an artifact is named") {
    Plan plan = decided(fork_pull_request());
    plan.artifact = ArtifactPlan{.name = "image.tar"};
    CHECK(to_json(plan).at("handover").at("artifact") == "image.tar");
}

TEST_CASE("facts are shown as they were found") {
    Facts found = facts_with_checkout(kHead);
    found.existing = existing_image({{"a", "b"}});
    CHECK(
        boost::json::value(to_json(found)) ==
        boost::json::parse(fmt::format(
            R"({{"probed":true,"engine":{{"version":"28.5.2","platform":"linux/amd64","containerd_image_store":true}},
                   "buildx":{{"version":"0.29.1","standalone":true}},
                   "push":{{"ghcr.io/acme/app":{{"access":"accepted","why":""}}}},
                   "cache_service":{{"readable":true,"writable":true}},"checked_out":"{}","existing":"{}"}})",
            kHead, digest('e').string())));
    CHECK(boost::json::value(to_json(Facts{})) ==
          boost::json::parse(R"({"probed":false,"engine":null,"buildx":null,"push":{},
                                 "cache_service":{"readable":false,"writable":false},
                                 "checked_out":null,"existing":null})"));
}

TEST_CASE("what a registry said has a name") {
    const auto [access, name] = GENERATE(table<PushAccess, std::string>({
        {PushAccess::accepted, "accepted"},
        {PushAccess::denied, "denied"},
        {PushAccess::unauthorized, "unauthorized"},
        {PushAccess::unreachable, "unreachable"},
        {PushAccess::not_probed, "not probed"},
    }));
    const boost::json::object json = to_json(facts_with_push(access, "because"));
    CHECK(json.at("push").at("ghcr.io/acme/app") ==
          boost::json::value(boost::json::object{{"access", name}, {"why", "because"}}));
}

TEST_CASE("whatever makes the image another one makes another hash") {
    const auto [input, value] = GENERATE(table<std::string, std::string>({
        {"image", "acme/other"},
        {"variant", "dev"},
        {"labels", "a=b"},
        {"annotations", "a=b"},
        {"pr-platforms", "linux/arm64"},
        {"context", "app"},
        {"file", "Dockerfile.dev"},
        {"target", "dev"},
        {"build-args", "A=1"},
        {"build-contexts", "a=docker-image://alpine"},
        {"secrets", "api=x"},
        {"ssh", "default"},
        {"provenance", "mode=min"},
        {"attests", "type=sbom"},
        {"outputs", "type=local,dest=out"},
        {"no-cache-filters", "deps"},
        {"add-hosts", "a:10.0.0.1"},
        {"allow", "network.host"},
        {"cgroup-parent", "parent"},
        {"network", "host"},
        {"shm-size", "2g"},
        {"ulimit", "nproc=3"},
        {"sbom", "true"},
    }));
    CAPTURE(input);
    const Facts found = facts("ghcr.io/acme/other");
    const auto hash = [&](const InputMap& raw) {
        return decided(same_repository_pull_request(), raw, input == "image" ? found : facts()).hash;
    };
    CHECK(hash({}) != hash({{input, value}}));
    CHECK(hash({{input, value}}).size() == 64);
}

TEST_CASE("two inputs cannot make one hash by changing places") {
    const auto hash = [](const InputMap& raw) { return decided(same_repository_pull_request(), raw).hash; };
    CHECK(hash({{"build-args", "A=1\nB=2"}}) != hash({{"build-args", "\"A=1\nB=2\""}}));
    CHECK(hash({{"build-args", "A=1"}}) != hash({{"build-contexts", "A=target:1"}}));
    CHECK(hash({{"target", "mode=min"}}) != hash({{"provenance", "mode=min"}}));
    CHECK(hash({{"provenance", "true"}}) != hash({{"sbom", "true"}}));
}

TEST_CASE("what does not change the image does not change the hash") {
    const std::string hash = decided(same_repository_pull_request()).hash;
    const auto [input, value] = GENERATE(table<std::string, std::string>({
        {"cache", "none"},
        {"cache", "registry"},
        {"cache-from", "type=gha"},
        {"no-cache", "true"},
        {"pull", "true"},
        {"load", "true"},
        {"reuse", "false"},
        {"driver", "docker-container"},
        {"token", "other"},
        {"labels", "org.opencontainers.image.created=yesterday"},
    }));
    CAPTURE(input);
    CHECK(decided(same_repository_pull_request(), {{input, value}}).hash == hash);

    Event later = same_repository_pull_request();
    later.run_id = "556";
    later.run_attempt = "2";
    later.actor = "hubot";
    Facts found = facts_without_containerd_store();
    found.now = "2027-01-01T00:00:00Z";
    CHECK(decided(later, {}, found).hash == hash);
}

TEST_CASE("another commit, pull request or merge is another hash") {
    const std::string hash = decided(same_repository_pull_request()).hash;
    CHECK(decided(same_repository_pull_request(), {}, facts_with_checkout(kHead)).hash != hash);
    CHECK(decided(parse_event(pull_request_context({.number = "8"})).value()).hash != hash);
    CHECK(decided(push_main()).hash != hash);
}

TEST_CASE("the hash is the same wherever the workspace is") {
    const auto hash_in = [](const std::string& workspace) {
        Event event = same_repository_pull_request();
        event.workspace = workspace;
        const Inputs given =
            parse_inputs({{"context", "app"}, {"file", "app/Dockerfile"}, {"build-contexts", "a=lib"}}, {},
                         support::TextPaths(workspace))
                .value();
        return decide(event, given, facts())->hash;
    };
    CHECK(hash_in("/github/workspace") == hash_in("/home/runner/work/app/app"));
    CHECK(hash_in("/github/workspace") == hash_in("/github/workspace/"));
}
