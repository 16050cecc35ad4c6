#pragma once

#include "commands/session.hpp"
#include "docker/engine.hpp"
#include "plan/facts.hpp"
#include "plan/who/grants.hpp"
#include "text/digest.hpp"
#include "text/error.hpp"
#include "text/reference.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>

namespace pr_image::commands {

/// Asks a registry with this run's credentials whether it would take a push of this image. What goes wrong is
/// the answer.
boost::asio::awaitable<plan::PushFacts> push_access(Session& session, ImageName image);

/// Looks what the registry holds under a tag; nothing when it holds nothing or does not say.
boost::asio::awaitable<std::optional<plan::ExistingImage>> existing_image(Session& session, Reference tag);

/// Gives the credential with which the engine pulls an image in this run; nothing when there is none, or when
/// the run is not granted its registry logins.
std::optional<docker::PullCredential> pull_credential(const Session& session, const plan::Grants& grants,
                                                      const ImageName& image);

}  // namespace pr_image::commands
