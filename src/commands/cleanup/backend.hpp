#pragma once

#include "plan/cleanup/execution.hpp"
#include "text/error.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

namespace pr_image::commands::cleanup {

/// What keeps clean-up from going on with an image.
struct Trouble {
    bool limited = false;  ///< a limit of requests: no failure, the next run goes on
    Error error;
    bool absent = false;  ///< there is no such image
};

/// Registries ask for writes one after the other; this few at once they all take.
inline constexpr std::size_t kWritesAtOnce = 8;

template <typename T>
using Outcome = std::expected<T, Trouble>;

/// One image name in one registry, as clean-up needs it. All of its calls keep to the registry's limits,
/// retry what may pass, and end early when they are cancelled.
class Backend {
  public:
    virtual ~Backend() = default;
    Backend() = default;
    Backend(const Backend&) = delete;
    Backend& operator=(const Backend&) = delete;

    [[nodiscard]] virtual plan::cleanup::Traits traits() const = 0;

    /// Lists what is there. Trouble: no such image, no right to see it, more than the limit allows to list.
    virtual boost::asio::awaitable<Outcome<plan::cleanup::Inventory>> list() = 0;

    /// Lists what was pushed last, as far as one request tells: at most the newest hundred, and nothing where
    /// versions have no ids. Trouble as list().
    virtual boost::asio::awaitable<Outcome<plan::cleanup::Inventory>> newest() = 0;

    /// Reads manifests and configurations into the inventory; what cannot be had is noted there. Trouble: the
    /// list has to be read again, and cannot be.
    virtual boost::asio::awaitable<Outcome<void>> read(plan::cleanup::Inventory& inventory,
                                                       plan::cleanup::Needs needs) = 0;

    /// Looks again at these manifests, and for whatever is new, and corrects the inventory. Trouble: the
    /// registry does not say, so that nothing may be deleted.
    virtual boost::asio::awaitable<Outcome<void>> look(plan::cleanup::Inventory& inventory,
                                                       std::vector<plan::cleanup::NodeId> nodes) = 0;

    /// Puts the journal under its tag.
    virtual boost::asio::awaitable<plan::cleanup::Outcome> publish(plan::cleanup::Journal journal) = 0;

    /// Takes a tag off a manifest that stays, by moving it onto `journal` where that is the way.
    virtual boost::asio::awaitable<plan::cleanup::Outcome> untag(
        std::string tag, std::optional<plan::cleanup::Journal> journal) = 0;

    /// Deletes a manifest and all its tags.
    virtual boost::asio::awaitable<plan::cleanup::Outcome> remove(std::uint64_t version_id,
                                                                  Digest digest) = 0;

    /// Gives how many deletions can be sent at once now, after a wait where there is no room for any.
    virtual boost::asio::awaitable<std::size_t> room() = 0;

    /// Gives how many deletions there can be in this run.
    [[nodiscard]] virtual std::size_t budget() const = 0;

    /// Gives what a person types to get a deleted version back; empty where nothing does that.
    [[nodiscard]] virtual std::string restore_command(std::uint64_t version_id) const = 0;

    /// Says what to change so that deleting is allowed.
    [[nodiscard]] virtual std::string how_to_allow_deletion() const = 0;
};

}  // namespace pr_image::commands::cleanup
