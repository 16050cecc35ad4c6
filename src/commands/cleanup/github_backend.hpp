#pragma once

#include "commands/cleanup/backend.hpp"
#include "commands/cleanup/contents.hpp"
#include "github/api.hpp"
#include "github/packages.hpp"
#include "registry/client.hpp"
#include "text/reference.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace pr_image::commands::cleanup {

/// GitHub's container registry: the Packages API lists and deletes versions, the registry itself is asked for
/// manifests and given tags.
class GithubBackend final : public Backend {
  public:
    struct Options {
        ImageName image;
        std::string server_url;  ///< https://github.com
        github::OwnerKind owner = github::OwnerKind::unknown;
        registry::Access access = registry::Access::push;
        std::size_t at_once = 32;
        bool list_twice = false;  ///< what the list does not show counts as not there
    };

    GithubBackend(github::Api api, registry::Client client, ManifestCache& cache, Options options);

    [[nodiscard]] plan::cleanup::Traits traits() const override {
        return {.version_ids = true, .untags_by_moving = true};
    }
    boost::asio::awaitable<Outcome<plan::cleanup::Inventory>> list() override;
    boost::asio::awaitable<Outcome<plan::cleanup::Inventory>> newest() override;
    boost::asio::awaitable<Outcome<void>> read(plan::cleanup::Inventory& inventory,
                                               plan::cleanup::Needs needs) override;
    boost::asio::awaitable<Outcome<void>> look(plan::cleanup::Inventory& inventory,
                                               std::vector<plan::cleanup::NodeId> nodes) override;
    boost::asio::awaitable<plan::cleanup::Outcome> publish(plan::cleanup::Journal journal) override;
    boost::asio::awaitable<plan::cleanup::Outcome> untag(
        std::string tag, std::optional<plan::cleanup::Journal> journal) override;
    boost::asio::awaitable<plan::cleanup::Outcome> remove(std::uint64_t version_id, Digest digest) override;
    boost::asio::awaitable<std::size_t> room() override;
    [[nodiscard]] std::size_t budget() const override;
    [[nodiscard]] std::string restore_command(std::uint64_t version_id) const override;
    [[nodiscard]] std::string how_to_allow_deletion() const override;

  private:
    struct Glance;

    boost::asio::awaitable<Outcome<std::vector<github::PackageVersion>>> list_page(std::size_t page);
    boost::asio::awaitable<Outcome<github::PageLinks>> list_first_page(plan::cleanup::Inventory& inventory);
    boost::asio::awaitable<Outcome<github::PageLinks>> list_page_one_again(
        plan::cleanup::Inventory& inventory);
    boost::asio::awaitable<Outcome<void>> list_further_pages(plan::cleanup::Inventory& inventory,
                                                             github::PageLinks first);
    boost::asio::awaitable<Outcome<void>> list_again(plan::cleanup::Inventory& inventory);
    boost::asio::awaitable<plan::cleanup::Outcome> verify_absence(std::uint64_t version_id,
                                                                  std::string words);
    boost::asio::awaitable<void> glance_at_page(Glance& glance, std::size_t page);
    boost::asio::awaitable<void> glance_at_version(Glance& glance, std::uint64_t id);
    boost::asio::awaitable<void> glance_at_tags(Glance& glance);
    boost::asio::awaitable<void> find_new_tags(Glance& glance);
    boost::asio::awaitable<void> resolve(Glance& glance, Tag tag, std::optional<Digest>& digest);
    boost::asio::awaitable<void> find_new_versions(Glance& glance);
    boost::asio::awaitable<plan::cleanup::Outcome> put(Tag tag, plan::cleanup::Journal journal);
    [[nodiscard]] std::set<std::size_t> pages_of(const std::vector<std::uint64_t>& ids) const;

    github::Api api_;
    registry::Client client_;
    Options options_;
    Contents contents_;
    github::Package package_{};
    bool listed_again_ = false;
    std::vector<std::uint64_t> order_;  ///< the ids as the list has them, newest first, as far as known
};

}  // namespace pr_image::commands::cleanup
