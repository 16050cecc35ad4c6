#include "e2e/checkout.hpp"

#include "support/child_process.hpp"
#include "support/temporary_folder.hpp"

#include <catch2/catch_test_macros.hpp>

namespace pr_image::e2e {
namespace {

std::string git(const std::filesystem::path& folder, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"git", "-C", folder.string()});
    auto out = support::run(arguments).out;
    if (out.ends_with('\n')) out.pop_back();
    return out;
}

TEST_CASE("a pull request's checkout is detached at the merge of its head into its base") {
    const support::TemporaryFolder folder;
    const auto workspace = folder.path() / "app";
    const Commits commits =
        Checkout("Acme/App")
            .pull_request(workspace, {{"Dockerfile", "FROM scratch\n"}, {"a/b", "1"}}, {{"a/b", "2"}}, 7);
    CHECK(git(workspace, {"rev-parse", "HEAD"}) == commits.merge);
    CHECK(git(workspace, {"rev-parse", "--abbrev-ref", "HEAD"}) == "HEAD");
    CHECK(git(workspace, {"rev-parse", "refs/remotes/pull/7/merge"}) == commits.merge);
    CHECK(git(workspace, {"show", "HEAD:a/b"}) == "2");
    CHECK(git(workspace, {"status", "--porcelain"}).empty());
    CHECK(git(workspace, {"config", "remote.origin.url"}) == "https://github.com/Acme/App");
    CHECK(commits.head.size() == 40);
    CHECK(commits.head != commits.base);
    CHECK(commits.head != commits.merge);
}

TEST_CASE("the same files always give the same commits") {
    const support::TemporaryFolder folder;
    const Files files = {{"Dockerfile", "FROM scratch\n"}};
    const auto one = Checkout("Acme/App").branch(folder.path() / "one", files, "main");
    const auto two = Checkout("Acme/App").branch(folder.path() / "two", files, "main");
    CHECK(one.base == two.base);
    CHECK(git(folder.path() / "one", {"rev-parse", "--abbrev-ref", "HEAD"}) == "main");
}

TEST_CASE("a tag's checkout is detached, and a pull_request_target's is the base branch") {
    const support::TemporaryFolder folder;
    const auto tagged = Checkout("Acme/App").tag(folder.path() / "tag", {{"f", "1"}}, "v1.2.3");
    CHECK(git(folder.path() / "tag", {"rev-parse", "HEAD"}) == tagged.base);
    const auto target =
        Checkout("Acme/App")
            .pull_request_target(folder.path() / "base", {{"f", "1"}}, {{"f", "2"}}, 7, CheckedOut::kBase);
    CHECK(git(folder.path() / "base", {"rev-parse", "HEAD"}) == target.base);
    CHECK(git(folder.path() / "base", {"show", "HEAD:f"}) == "1");
    const auto head =
        Checkout("Acme/App")
            .pull_request_target(folder.path() / "head", {{"f", "1"}}, {{"f", "2"}}, 7, CheckedOut::kHead);
    CHECK(git(folder.path() / "head", {"rev-parse", "HEAD"}) == head.head);
}

}  // namespace
}  // namespace pr_image::e2e
