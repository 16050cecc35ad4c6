#include "commands/registries.hpp"

#include "plan/who/strategy.hpp"
#include "registry/check_push.hpp"
#include "registry/describe_image.hpp"

#include <utility>

namespace pr_image::commands {

namespace asio = boost::asio;

namespace {

plan::PushAccess to_plan(registry::PushAccess access) {
    switch (access) {
        case registry::PushAccess::accepted:
            return plan::PushAccess::accepted;
        case registry::PushAccess::denied:
            return plan::PushAccess::denied;
        case registry::PushAccess::unauthorized:
            return plan::PushAccess::unauthorized;
        case registry::PushAccess::unreachable:
            return plan::PushAccess::unreachable;
    }
    std::unreachable();
}

/// An image of several platforms carries the same labels in each: any of them will do.
std::optional<registry::Platform> any_platform(const Session& session) {
    const Result<registry::Platform> platform =
        registry::Platform::parse(session.inputs.platforms.pull_request.front());
    return platform ? std::optional(*platform) : std::nullopt;
}

}  // namespace

asio::awaitable<plan::PushFacts> push_access(Session& session, ImageName image) {
    registry::PushCheck check = co_await registry::check_push(session.registries, std::move(image));
    co_return plan::PushFacts{to_plan(check.access), std::move(check.why)};
}

asio::awaitable<std::optional<plan::ExistingImage>> existing_image(Session& session, Reference tag) {
    std::optional<registry::Platform> platform = any_platform(session);
    registry::Outcome<std::optional<registry::ImageDescription>> found =
        co_await registry::describe_image(session.registries, std::move(tag), std::move(platform));
    if (!found || !*found) co_return std::nullopt;
    plan::ExistingImage image{.digest = (*found)->digest, .config = (*found)->config.digest, .labels = {}};
    for (const auto& [key, value] : (*found)->content.labels)
        image.labels.emplace(key, value);
    co_return image;
}

std::optional<docker::PullCredential> pull_credential(const Session& session, const plan::Grants& grants,
                                                      const ImageName& image) {
    if (!grants.has(plan::Grant::registry_logins)) return std::nullopt;
    const std::optional<plan::RegistryLogin> login =
        plan::login_for(image.host(), session.event, session.inputs);
    if (!login) return std::nullopt;
    return docker::PullCredential{login->username, login->password.reveal()};
}

}  // namespace pr_image::commands
