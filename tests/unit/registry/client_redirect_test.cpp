#include "fakes/http_server.hpp"
#include "registry/check_push.hpp"
#include "registry/client.hpp"
#include "registry/delete_manifest.hpp"
#include "registry/describe_image.hpp"
#include "registry/get_manifest.hpp"
#include "registry/head_manifest.hpp"
#include "registry/list_tags.hpp"
#include "registry/put_manifest.hpp"
#include "text/sha256.hpp"
#include "text/strings.hpp"
#include "unit/registry/world.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// Registries that send requests to servers which are not theirs.
using namespace pr_image;
using fakes::HttpServer;
using fakes::Reply;
using fakes::Seen;
using registry::PushAccess;
using registry::World;

namespace {

const std::string kPassword = "hunter2-hunter2";
const std::string kBasic = "Basic b2N0b2NhdDpodW50ZXIyLWh1bnRlcjI=";
const std::string kBearer = "Bearer home-token";

/// What the registry wants to see before it redirects.
enum class Login { none, basic, bearer };
constexpr std::array kLogins = {Login::none, Login::basic, Login::bearer};

/// Where its redirects lead: `other` and `third` are servers of somebody else.
enum class Route { other, other_third, other_home, home_other };
constexpr std::array kRoutes = {Route::other, Route::other_third, Route::other_home, Route::home_other};

/// What a server of somebody else answers in the end; `third` is where its tokens would come from.
constexpr std::array kChallenges = {R"(Bearer realm="{third}/token",service="s")",
                                    R"(Bearer realm="{other}/token",service="s")", R"(Basic realm="r")",
                                    R"(Basic realm="r", Bearer realm="{third}/token")"};

/// One verb of the registry module, and which of its requests the registry redirects.
struct Verb {
    const char* name;
    bool changes;
    std::function<void(World&, const std::string& host)> run;
    std::function<bool(const Seen&)> redirected;
};

ImageName name_at(const std::string& host) {
    return ImageName::parse(host + "/acme/app").value();
}

Reference tag_at(const std::string& host) {
    return Reference::parse(host + "/acme/app:t").value();
}

const std::string kConfig = "{}";
const std::string kManifest = fmt::format(
    R"({{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":)"
    R"({{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"{}","size":2}},"layers":[]}})",
    text::sha256(kConfig).string());

std::vector<Verb> verbs() {
    const auto method = [](std::string wanted) {
        return [wanted](const Seen& seen) { return seen.method == wanted; };
    };
    const auto below = [](std::string part) {
        return [part](const Seen& seen) { return seen.target.contains(part); };
    };
    const auto push = [](World& world, const std::string& host) {
        world.run(registry::check_push(world.client, name_at(host)));
    };
    const auto tags = [](World& world, const std::string& host) {
        (void)world.run(registry::list_tags(world.client, name_at(host)));
    };
    return {
        {"check_push, POST", true, push, method("POST")},
        {"check_push, DELETE", true, push, method("DELETE")},
        {"head_manifest", false,
         [](World& world, const std::string& host) {
             (void)world.run(registry::head_manifest(world.client, tag_at(host)));
         },
         below("/manifests/")},
        {"get_manifest", false,
         [](World& world, const std::string& host) {
             (void)world.run(registry::get_manifest(world.client, tag_at(host)));
         },
         below("/manifests/")},
        {"get_blob", false,
         [](World& world, const std::string& host) {
             (void)world.run(
                 registry::get_blob(world.client, name_at(host),
                                    {.media_type = "x/y", .digest = text::sha256(kConfig), .size = 2}, 100));
         },
         below("/blobs/")},
        {"describe_image, configuration", false,
         [](World& world, const std::string& host) {
             (void)world.run(registry::describe_image(world.client, tag_at(host), std::nullopt));
         },
         below("/blobs/")},
        {"put_manifest", true,
         [](World& world, const std::string& host) {
             (void)world.run(registry::put_manifest(world.client, tag_at(host), "x/y", "{}"));
         },
         method("PUT")},
        {"delete_manifest", true,
         [](World& world, const std::string& host) {
             (void)world.run(registry::delete_manifest(world.client, name_at(host), text::sha256(kManifest)));
         },
         method("DELETE")},
        {"list_tags, first page", false, tags, below("/tags/list?n=")},
        {"list_tags, next page", false, tags, below("/tags/list?last=")},
    };
}

/// A registry and two servers of somebody else.
class Fixture {
  public:
    Fixture() {
        third_.emplace([this](const Seen& seen) { return answer_third(seen); });
        other_.emplace([this](const Seen& seen) { return answer_other(seen); });
        home_.emplace([this](const Seen& seen) { return answer_home(seen); });
    }

    void set(const Verb& verb, int status, Login login, Route route, std::string challenge) {
        const std::lock_guard lock(mutex_);
        const auto put = [&](std::string_view place, const std::string& url) {
            if (const std::size_t at = challenge.find(place); at != std::string::npos)
                challenge.replace(at, place.size(), url);
        };
        put("{third}", third_->url(""));
        put("{other}", other_->url(""));
        redirected_ = verb.redirected;
        status_ = status;
        login_ = login;
        route_ = route;
        challenge_ = std::move(challenge);
    }
    void stop_redirecting() {
        const std::lock_guard lock(mutex_);
        redirected_ = [](const Seen&) { return false; };
    }

    [[nodiscard]] const HttpServer& home() const { return *home_; }
    [[nodiscard]] const HttpServer& other() const { return *other_; }
    [[nodiscard]] const HttpServer& third() const { return *third_; }

  private:
    [[nodiscard]] Reply redirect(const std::string& location) const {
        return {.status = status_, .headers = {{"Location", location}}};
    }

    [[nodiscard]] Reply own_challenge() const {
        const std::string challenge = login_ == Login::bearer
                                          ? fmt::format(R"(Bearer realm="{}")", home_->url("/token"))
                                          : R"(Basic realm="home")";
        return {.status = 401, .headers = {{"WWW-Authenticate", challenge}}};
    }

    Reply answer_home(const Seen& seen) {
        const std::lock_guard lock(mutex_);
        if (seen.target == "/v2/") return {};
        if (seen.target.starts_with("/token")) return {.body = R"({"token":"home-token"})"};
        if (seen.target == "/back") return own_challenge();
        if (seen.target == "/again") return redirect(other_->url("/end"));
        const std::string wanted = login_ == Login::basic ? kBasic : login_ == Login::bearer ? kBearer : "";
        if (!wanted.empty() && seen.header("Authorization") != wanted) return own_challenge();
        if (!redirected_(seen)) return usual(seen);
        switch (route_) {
            case Route::other:
                return redirect(other_->url("/end"));
            case Route::other_third:
            case Route::other_home:
                return redirect(other_->url("/on"));
            case Route::home_other:
                return redirect("/again");
        }
        return {};
    }

    static Reply usual(const Seen& seen) {
        if (seen.method == "POST") return {.status = 202, .headers = {{"Location", "/v2/acme/app/upload"}}};
        if (seen.target.contains("/tags/list?n=")) {
            return {.headers = {{"Link", R"(</v2/acme/app/tags/list?last=a>; rel="next")"}},
                    .body = R"({"tags":["a"]})"};
        }
        if (seen.target.contains("/manifests/")) {
            return {.headers = {{"Content-Type", "application/vnd.oci.image.manifest.v1+json"}},
                    .body = kManifest};
        }
        return {.status = 404};
    }

    Reply answer_other(const Seen& seen) {
        const std::lock_guard lock(mutex_);
        if (seen.target == "/on" && route_ == Route::other_third) return redirect(third_->url("/end"));
        if (seen.target == "/on") return redirect(home_->url("/back"));
        return {.status = 401, .headers = {{"WWW-Authenticate", challenge_}}};
    }

    Reply answer_third(const Seen& seen) {
        const std::lock_guard lock(mutex_);
        if (seen.target.starts_with("/token")) return {.body = R"({"token":"foreign-token"})"};
        return {.status = 401, .headers = {{"WWW-Authenticate", challenge_}}};
    }

    std::mutex mutex_;
    std::function<bool(const Seen&)> redirected_;
    int status_ = 307;
    Login login_ = Login::none;
    Route route_ = Route::other;
    std::string challenge_;
    std::optional<HttpServer> third_;
    std::optional<HttpServer> other_;
    std::optional<HttpServer> home_;
};

bool says_who_asks(const Seen& seen) {
    return std::ranges::any_of(seen.headers.fields(), [](const auto& field) {
        return text::to_lower(field.first).contains("authorization") ||
               text::to_lower(field.first).contains("cookie") || field.second.contains(kPassword) ||
               field.second.contains("home-token");
    });
}

registry::ClientOptions credential(const std::string& host) {
    return {.credentials = {{host, {"octocat", kPassword}}}};
}

}  // namespace

TEST_CASE("no redirect of a registry's shows its credential to another origin, or learns from there") {
    const Verb verb = GENERATE(from_range(verbs()));
    const int status = GENERATE(301, 302, 303, 307, 308);
    Fixture fixture;
    for (const Login login : kLogins) {
        for (const Route route : kRoutes) {
            for (const char* challenge : kChallenges) {
                INFO(verb.name << ", " << status << ", login " << static_cast<int>(login) << ", route "
                               << static_cast<int>(route) << ", " << challenge);
                fixture.set(verb, status, login, route, challenge);
                World world(credential(fixture.home().authority()));
                verb.run(world, fixture.home().authority());
                fixture.stop_redirecting();
                (void)world.run(registry::head_manifest(world.client, tag_at(fixture.home().authority())));
                if (login == Login::none) {
                    // Nobody may be told who asks whose registry did not ask.
                    for (const Seen& seen : fixture.home().requests())
                        REQUIRE_FALSE(says_who_asks(seen));
                }
            }
        }
    }
    for (const HttpServer* server : {&fixture.other(), &fixture.third()}) {
        for (const Seen& seen : server->requests()) {
            INFO(seen.method << " " << seen.target);
            CHECK_FALSE(says_who_asks(seen));
            CHECK_FALSE(seen.target.starts_with("/token"));
            CHECK((seen.method == "GET" || seen.method == "HEAD"));
        }
    }
    for (const Seen& seen : fixture.home().requests()) {
        if (seen.target == "/back") CHECK_FALSE(says_who_asks(seen));
    }
    CHECK(fixture.other().requests().empty() == verb.changes);
}
