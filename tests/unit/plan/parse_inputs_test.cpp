#include "plan/parse_inputs.hpp"

#include "unit/plan/examples.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using namespace pr_image;
using namespace pr_image::plan;
using namespace pr_image::plan::examples;

namespace {

using Strings = std::vector<std::string>;

Result<Inputs> parsed(const InputMap& raw, const InputMap& environment = {}) {
    return parse_inputs(raw, environment, kPaths);
}

Strings image_names(const Inputs& inputs) {
    Strings names;
    for (const ImageName& name : inputs.naming.images)
        names.push_back(name.string());
    return names;
}

/// "host user:password" of each login.
Strings logins(const Inputs& inputs) {
    Strings shown;
    for (const RegistryLogin& login : inputs.credentials.logins)
        shown.push_back(login.host + " " + login.username + ":" + login.password.reveal());
    return shown;
}

/// "id=value" or "id@file" of each build secret.
Strings secrets(const Inputs& inputs) {
    Strings shown;
    for (const BuildSecret& secret : inputs.build.secrets)
        shown.push_back(secret.id +
                        (!secret.file ? "=" + secret.value.reveal() : "@" + secret.file->string()));
    return shown;
}

}  // namespace

TEST_CASE("no input at all means what action.yml says are the defaults") {
    const Result<Inputs> given = parsed({});
    REQUIRE(given);
    CHECK(given->command == Command::build);
    CHECK(given->naming.images.empty());
    CHECK(given->naming.registry == "ghcr.io");
    CHECK(given->credentials.logins.empty());
    CHECK(given->credentials.token.empty());
    CHECK(given->naming.pr_tag == "pr-{number}-{sha}");
    CHECK(given->subject.sha == ShaChoice::head);
    CHECK_FALSE(given->subject.given_sha);
    CHECK_FALSE(given->subject.pr_number);
    CHECK(given->strategy.missing_credentials == MissingCredentials::automatic);
    CHECK_FALSE(given->strategy.build_untrusted);
    CHECK(given->strategy.probe);
    CHECK(given->strategy.reuse);
    CHECK(given->strategy.push == PushWish::automatic);
    CHECK_FALSE(given->handover.load);
    CHECK(given->platforms.wanted.empty());
    CHECK(given->platforms.pull_request == Strings{"linux/amd64"});
    CHECK(given->cache.kind == CacheKind::automatic);
    CHECK(given->builder.driver == Driver::automatic);
    CHECK(given->build.context.text == kWorkspace);
    CHECK(given->build.file.text.empty());
    CHECK_FALSE(given->build.no_cache);
    CHECK_FALSE(given->build.pull);
}

TEST_CASE("an input that only takes known values names them when it gets another") {
    const auto [input, value, known] = GENERATE(table<std::string, std::string, std::string>({
        {"command", "biuld", "build"},
        {"command", "BUILD", "build"},
        {"command", "build; id", "plan"},
        {"driver", "podman", "docker-container"},
        {"driver", "docker_container", "kubernetes"},
        {"cache", "s3", "registry"},
        {"cache", "true", "gha"},
        {"missing-credentials", "ignore", "fallback"},
        {"untrusted", "true", "refuse"},
        {"push", "yes", "auto"},
    }));
    CAPTURE(input, value);
    const Result<Inputs> given = parsed({{input, value}});
    REQUIRE_FALSE(given);
    CHECK(given.error().what == fmt::format("Invalid input '{}'", input));
    CHECK(given.error().why.contains(value));
    CHECK(given.error().fix.contains(known));
}

TEST_CASE("a boolean input takes nothing but true and false") {
    const std::string input = GENERATE("probe", "reuse", "load", "no-cache", "pull");
    CAPTURE(input);
    const Result<Inputs> given = parsed({{input, "yes"}});
    REQUIRE_FALSE(given);
    CHECK(given.error().what == fmt::format("Invalid input '{}'", input));
    CHECK(parsed({{input, "true"}}));
    CHECK(parsed({{input, "false"}}));
}

TEST_CASE("an image has the registry in front unless it names one, and is lower-cased") {
    const auto [registry, image, name] = GENERATE(table<std::string, std::string, std::string>({
        {"", "Acme/App", "ghcr.io/acme/app"},
        {"", "app", "ghcr.io/app"},
        {"", "docker.io/acme/app", "docker.io/acme/app"},
        {"", "localhost/app", "localhost/app"},
        {"", "LocalHost:5000/App", "localhost:5000/app"},
        {"", "127.0.0.1:5000/a/b", "127.0.0.1:5000/a/b"},
        {"", "[::1]:5000/app", "[::1]:5000/app"},
        {"quay.io", "acme/app", "quay.io/acme/app"},
        {"Quay.IO", "acme/app", "quay.io/acme/app"},
        {"docker.io", "app", "docker.io/library/app"},
        {"index.docker.io", "acme/app", "docker.io/acme/app"},
        {"localhost:5000", "acme/app", "localhost:5000/acme/app"},
    }));
    CAPTURE(registry, image);
    const Result<Inputs> given = parsed({{"registry", registry}, {"image", image}});
    REQUIRE(given);
    CHECK(image_names(*given) == Strings{name});
}

TEST_CASE("an image name that no registry accepts is refused under its input") {
    const std::string name =
        GENERATE("acme/../app", "acme/a b", "acme/app@sha256:abc", "acme/app:latest", "-x/app", "acme//app",
                 "acme/app\nother", "https://ghcr.io/acme/app", "$(id)/app");
    CAPTURE(name);
    const Result<Inputs> given = parsed({{"image", name}});
    REQUIRE_FALSE(given);
    CHECK(given.error().what == "Invalid input 'image'");
    CHECK_FALSE(message(given).contains('\n'));
    CHECK(parsed({{"images", "ghcr.io/acme/ok\n\"" + name + "\""}}).error().what == "Invalid input 'images'");
}

TEST_CASE("several images are kept in order, each once, by docker's rule for the host") {
    const Result<Inputs> given =
        parsed({{"image", "acme/app"}, {"images", "ghcr.io/acme/App, acme/app\nquay.io/acme/app"}});
    REQUIRE(given);
    CHECK(image_names(*given) == Strings{"ghcr.io/acme/app", "docker.io/acme/app", "quay.io/acme/app"});
}

TEST_CASE("a registry is a host name and nothing else") {
    const std::string registry = GENERATE("ghcr", "acme/app", "ghcr.io/acme", "https://ghcr.io", "ghcr.io:x",
                                          "gh cr.io", "ghcr.io\nx", "-x.io", "user@ghcr.io");
    CAPTURE(registry);
    const Result<Inputs> given = parsed({{"registry", registry}});
    REQUIRE_FALSE(given);
    CHECK(given.error().what == "Invalid input 'registry'");
    const Result<Inputs> auth =
        parsed({{"registry-auth", "\"registry=" + registry + "\",username=u,password=hunter2"}});
    REQUIRE_FALSE(auth);
    CHECK(auth.error().what == "Invalid input 'registry-auth'");
    CHECK_FALSE(message(auth).contains("hunter2"));
}

TEST_CASE("username and password are for the registry, registry-auth for any number of them") {
    CHECK(logins(*parsed({{"username", "u"}, {"password", "p"}})) == Strings{"ghcr.io u:p"});
    CHECK(logins(*parsed({{"registry", "Index.Docker.io"}, {"username", "u"}, {"password", "p"}})) ==
          Strings{"docker.io u:p"});
    CHECK(logins(*parsed({{"password", "p"}})) == Strings{"ghcr.io :p"});
    CHECK(logins(*parsed({{"registry-auth",
                           "registry=Docker.io,username=a,password=b=c\n"
                           "\"password=x,\"\"y\", username=d, registry=localhost:5000\n"}})) ==
          Strings{"docker.io a:b=c", "localhost:5000 d:x,\"y"});
}

TEST_CASE("credentials whose secret is empty, as a fork's and Dependabot's are, are none") {
    CHECK(logins(*parsed({{"username", "u"}, {"password", ""}})).empty());
    CHECK(logins(*parsed({{"registry-auth",
                           "registry=docker.io,username=,password=\n"
                           "registry=quay.io,username=u,password=\n"
                           "registry=ghcr.io,username=u,password=p"}})) == Strings{"ghcr.io u:p"});
}

TEST_CASE("a line of registry-auth that is wrong is refused without being shown") {
    const std::string line = GENERATE(
        "hunter2", "registry=docker.io,username=u,password=hunt,er2", "username=u,password=hunter2",
        "registry=docker.io,password=hunter2", "registry=docker.io,user=u,password=hunter2",
        "registry=,username=u,password=hunter2", "\"registry=docker.io,username=u,password=hunter2",
        "registry=ghcr.io,username=u,password=hunter2\nregistry=ghcr.io,username=v,password=hunter2");
    CAPTURE(line);
    const Result<Inputs> given = parsed({{"registry-auth", line}});
    REQUIRE_FALSE(given);
    CHECK(given.error().what == "Invalid input 'registry-auth'");
    CHECK_FALSE(message(given).contains("hunt"));
    CHECK_FALSE(message(given).contains("er2"));
}

TEST_CASE("a registry has one login only") {
    const Result<Inputs> given =
        parsed({{"password", "p"}, {"registry-auth", "registry=ghcr.io,username=u,password=q"}});
    REQUIRE_FALSE(given);
    CHECK(given.error().what == "Invalid input 'registry-auth'");
}

TEST_CASE("sha is head, merge or a commit") {
    CHECK(parsed({{"sha", "head"}})->subject.sha == ShaChoice::head);
    CHECK(parsed({{"sha", "merge"}})->subject.sha == ShaChoice::merge);
    CHECK(parsed({{"sha", "ABCDEF1"}})->subject.given_sha == sha("abcdef1"));
    const std::string bad =
        GENERATE("HEAD", "main", "abcdef", "1111111\n2222222", "1111111;id", "--help", "$(id)");
    CAPTURE(bad);
    const Result<Inputs> given = parsed({{"sha", bad}});
    REQUIRE_FALSE(given);
    CHECK(given.error().what == "Invalid input 'sha'");
    CHECK_FALSE(message(given).contains('\n'));
}

TEST_CASE("pr-number is a plain positive number") {
    CHECK(parsed({{"pr-number", " 7\n"}})->subject.pr_number == number("7"));
    const std::string bad = GENERATE("0", "007", "1;id", "-1", "+7", "7.0", "1\n2", "#7", "1234567890", "x");
    CAPTURE(bad);
    const Result<Inputs> given = parsed({{"pr-number", bad}});
    REQUIRE_FALSE(given);
    CHECK(given.error().what == "Invalid input 'pr-number'");
}

TEST_CASE("a variant has to be able to end a tag") {
    CHECK(parsed({{"variant", "dev_1.x-Y"}})->naming.variant == "dev_1.x-Y");
    const std::string bad = GENERATE("a/b", "a b", "-x", ".x", "a:b", "$(id)", "a\nb");
    CAPTURE(bad);
    CHECK(parsed({{"variant", bad}}).error().what == "Invalid input 'variant'");
}

TEST_CASE("labels and annotations are key=value lines whose values are free") {
    using Pairs = std::vector<std::pair<std::string, std::string>>;
    CHECK(parsed({{"labels", "a=1,2\n b = x=y \n\"c=line 1\nline 2\"\nempty="}})->naming.labels ==
          Pairs{{"a", "1,2"}, {"b", " x=y"}, {"c", "line 1\nline 2"}, {"empty", ""}});
    CHECK(parsed({{"annotations", "index,manifest:a=1,2\nb=x"}})->naming.annotations ==
          Strings{"index,manifest:a=1,2", "b=x"});
    const std::string bad = GENERATE("novalue", "=x", "a=1\n ;id");
    CHECK(parsed({{"labels", bad}}).error().what == "Invalid input 'labels'");
    CHECK(parsed({{"annotations", bad}}).error().what == "Invalid input 'annotations'");
}

TEST_CASE("platforms are os/architecture with an optional variant") {
    const Result<Inputs> given =
        parsed({{"platforms", "linux/amd64, linux/arm/v7\nlinux/arm64"}, {"pr-platforms", "linux/arm64"}});
    REQUIRE(given);
    CHECK(given->platforms.wanted == Strings{"linux/amd64", "linux/arm/v7", "linux/arm64"});
    CHECK(given->platforms.pull_request == Strings{"linux/arm64"});
    const std::string bad = GENERATE("linux", "amd64", "linux/", "/amd64", "linux//v7", "linux/arm/v7/x",
                                     "Linux/amd64", "linux/amd64;id", "linux/../x", "linux/amd 64");
    CAPTURE(bad);
    CHECK(parsed({{"platforms", bad}}).error().what == "Invalid input 'platforms'");
    CHECK(parsed({{"pr-platforms", bad}}).error().what == "Invalid input 'pr-platforms'");
}

TEST_CASE("caches are lines whose commas belong to them") {
    const Result<Inputs> given =
        parsed({{"cache-from", "type=gha,scope=a\nacme/app:cache"}, {"cache-to", "type=inline"}});
    REQUIRE(given);
    CHECK(texts(given->cache.from) == Strings{"type=gha,scope=a", "type=registry,ref=acme/app:cache"});
    CHECK(texts(given->cache.to) == Strings{"type=inline"});
}

TEST_CASE("the builder's inputs have to fit together") {
    const auto [raw, refused] = GENERATE(table<InputMap, std::string>({
        {{{"driver", "remote"}}, "endpoint"},
        {{{"driver", "remote"}, {"endpoint", "tcp://x:1"}}, ""},
        {{{"driver", "remote"}, {"endpoint", "tcp://x:1"}, {"buildkitd-config", "a.toml"}},
         "buildkitd-config"},
        {{{"driver", "docker"}, {"driver-opts", "network=host"}}, "driver"},
        {{{"driver", "docker"}, {"buildkitd-config", "a.toml"}}, "driver"},
        {{{"driver", "docker"}, {"endpoint", "tcp://x:1"}}, "driver"},
        {{{"driver", "docker-container"}, {"driver-opts", "network=host"}, {"buildkitd-config", "a.toml"}},
         ""},
        {{{"driver", "kubernetes"}, {"driver-opts", "replicas=2"}, {"buildkitd-config", "a.toml"}}, ""},
        {{{"driver-opts", "network=host"}, {"buildkitd-config", "a.toml"}}, ""},
        {{{"buildkitd-config", "../a.toml"}}, "buildkitd-config"},
        {{{"builder", "mine"}}, ""},
        {{{"builder", "mine"}, {"driver", "docker"}}, "builder"},
        {{{"builder", "mine"}, {"driver-opts", "network=host"}}, "builder"},
        {{{"builder", "mine"}, {"buildkitd-config", "a.toml"}}, "builder"},
        {{{"builder", "mine"}, {"endpoint", "tcp://x:1"}}, "builder"},
        {{{"builder", "-x"}}, "builder"},
        {{{"builder", "a b"}}, "builder"},
        {{{"builder", "../x"}}, "builder"},
    }));
    CAPTURE(raw);
    const Result<Inputs> given = parsed(raw);
    const std::string what = refused.empty() ? "" : fmt::format("Invalid input '{}'", refused);
    CHECK((given ? "" : given.error().what) == what);
}

TEST_CASE("context and file are paths of the workspace, unless BuildKit fetches the context") {
    const auto [context, file, whole_context, whole_file] =
        GENERATE(table<std::string, std::string, std::string, std::string>({
            {"", "", "/github/workspace", ""},
            {"app", "app/Dockerfile.dev", "/github/workspace/app", "/github/workspace/app/Dockerfile.dev"},
            {"/github/workspace/app", "", "/github/workspace/app", ""},
            {"https://github.com/acme/app.git", "docker/Dockerfile", "https://github.com/acme/app.git",
             "docker/Dockerfile"},
        }));
    const Result<Inputs> given = parsed({{"context", context}, {"file", file}});
    REQUIRE(given);
    CHECK(given->build.context.text == whole_context);
    CHECK(given->build.file.text == whole_file);
}

TEST_CASE("a path outside the workspace is refused under its input") {
    const auto [input, value] = GENERATE(table<std::string, std::string>({
        {"context", ".."},
        {"context", "/"},
        {"context", "x://../../../etc"},
        {"file", "../Dockerfile"},
        {"file", "/etc/passwd"},
        {"build-contexts", "a=/etc"},
        {"build-contexts", "a=ok\nb=../x"},
        {"secret-files", "a=/proc/self/environ"},
        {"buildkitd-config", "/etc/buildkitd.toml"},
    }));
    CAPTURE(input, value);
    CHECK(parsed({{input, value}}).error().what == fmt::format("Invalid input '{}'", input));
}

TEST_CASE("an additional context is a folder of the workspace or something that BuildKit fetches") {
    CHECK(
        strings(
            parsed({{"build-contexts",
                     "dir=app/../lib\nbase=docker-image://alpine:3.20\ngit=https://github.com/acme/app.git\n"
                     "stage=target:base\nlayout=oci-layout:///github/runner_temp/x:tag"}})
                ->build.build_contexts) == Strings{"dir=/github/workspace/lib",
                                                   "base=docker-image://alpine:3.20",
                                                   "git=https://github.com/acme/app.git", "stage=target:base",
                                                   "layout=oci-layout:///github/runner_temp/x:tag"});
    CHECK(parsed({{"build-contexts", "nosource"}}).error().what == "Invalid input 'build-contexts'");
}

TEST_CASE("build secrets come from values, variables and files") {
    const Result<Inputs> given = parsed({{"secrets", "a=1=2,3\n\"pem=line 1\nline 2\""},
                                         {"secret-envs", "b=TOKEN,c=OTHER"},
                                         {"secret-files", "d=secrets/d.txt"}},
                                        {{"TOKEN", "t"}, {"OTHER", "o"}});
    REQUIRE(given);
    CHECK(secrets(*given) ==
          Strings{"a=1=2,3", "pem=line 1\nline 2", "b=t", "c=o", "d@/github/workspace/secrets/d.txt"});
    CHECK(given->build.empty_secrets.empty());
}

TEST_CASE("a build secret that is empty, as a fork's and Dependabot's are, is left out and remembered") {
    const Result<Inputs> given =
        parsed({{"secrets", "a=\nb=x"}, {"secret-envs", "c=TOKEN"}}, {{"TOKEN", ""}});
    REQUIRE(given);
    CHECK(secrets(*given) == Strings{"b=x"});
    CHECK(given->build.empty_secrets == Strings{"a", "c"});
}

TEST_CASE("a build secret that is wrong is refused without being shown") {
    const auto [input, value] = GENERATE(table<std::string, std::string>({
        {"secrets", "hunter2"},
        {"secrets", "=hunter2"},
        {"secrets", "a=1\nhunter2"},
        {"secrets", "a b=hunter2"},
        {"secrets", "key: |\n  a=hunter2"},
        {"secrets", "{\"a\": \"hunter2==\"}"},
        {"secrets", "key=-----BEGIN KEY-----\nhunter2aaaBBB000=="},
        {"secrets", "a=hunter2\na=hunter2"},
        {"secrets", "\"a=hunter2"},
        {"secret-envs", "a=hunter2"},
        {"secret-envs", "TOKEN"},
        {"secret-files", "a=../hunter3"},
        {"secret-files", "a"},
    }));
    CAPTURE(input, value);
    const Result<Inputs> given = parsed({{input, value}}, {{"TOKEN", "hunter2"}});
    REQUIRE_FALSE(given);
    CHECK(given.error().what == fmt::format("Invalid input '{}'", input));
    if (input == "secrets") CHECK_FALSE(message(given).contains("hunter2"));
}

TEST_CASE("one secret id is one secret, wherever it comes from") {
    CHECK(parsed({{"secrets", "a=1"}, {"secret-envs", "a=TOKEN"}}, {{"TOKEN", "t"}}).error().what ==
          "Invalid input 'secret-envs'");
}

TEST_CASE("attempts, waits and limits have bounds, and times have units") {
    using std::chrono::seconds;
    const Result<Inputs> none = parsed({});
    REQUIRE(none);
    CHECK(none->limits.retry.attempts == 3);
    CHECK(none->limits.retry.wait == seconds(10));
    CHECK(none->limits.retry.attempt_timeout == seconds(1500));
    CHECK(none->limits.timeout == seconds(0));
    const Result<Inputs> given =
        parsed({{"attempts", "10"}, {"retry-wait", "0s"}, {"attempt-timeout", "0"}, {"timeout", "1h30m"}});
    REQUIRE(given);
    CHECK(given->limits.retry.attempts == 10);
    CHECK(given->limits.retry.wait == seconds(0));
    CHECK(given->limits.retry.attempt_timeout == seconds(0));
    CHECK(given->limits.timeout == seconds(5400));
    const auto [name, value] = GENERATE(table<std::string, std::string>({{"attempts", "0"},
                                                                         {"attempts", "11"},
                                                                         {"attempts", "-1"},
                                                                         {"attempts", "3.5"},
                                                                         {"attempts", "many"},
                                                                         {"retry-wait", "10"},
                                                                         {"retry-wait", "11m"},
                                                                         {"attempt-timeout", "25"},
                                                                         {"timeout", "soon"}}));
    CAPTURE(name, value);
    const Result<Inputs> refused = parsed({{name, value}});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().what == "Invalid input '" + name + "'");
}

TEST_CASE("no error message about inputs can be more than one line") {
    const std::string input =
        GENERATE("command", "image", "images", "registry", "sha", "pr-number", "variant", "labels",
                 "annotations", "platforms", "cache", "driver", "builder", "build-contexts", "secret-envs",
                 "secret-files", "push", "probe", "registry-auth", "secrets");
    CAPTURE(input);
    const Result<Inputs> given = parsed({{input, "\"/ \n::error::x\r##[set-output name=a]b\""}});
    REQUIRE_FALSE(given);
    CHECK_FALSE(message(given).contains('\n'));
    CHECK_FALSE(message(given).contains('\r'));
}

TEST_CASE("a driver is shown by the name that the input takes") {
    const auto [driver, name] =
        GENERATE(table<Driver, std::string>({{Driver::automatic, "auto"},
                                             {Driver::docker, "docker"},
                                             {Driver::docker_container, "docker-container"},
                                             {Driver::remote, "remote"},
                                             {Driver::kubernetes, "kubernetes"}}));
    CHECK(to_string(driver) == name);
    if (driver != Driver::remote) CHECK(parsed({{"driver", name}})->builder.driver == driver);
}
