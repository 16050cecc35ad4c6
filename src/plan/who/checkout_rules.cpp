#include "plan/who/checkout_rules.hpp"

#include "plan/build/default_context.hpp"
#include "text/strings.hpp"
#include "text/try.hpp"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>

namespace pr_image::plan {

using text::fail;

namespace {

constexpr std::string_view kRefFix = "Give actions/checkout the input ref with the pull request's head SHA.";

bool is_subject(const Subject& subject, const CommitSha& there) {
    const auto is_there = [&](const std::optional<CommitSha>& commit) {
        return commit && commit->same_commit(there);
    };
    return is_there(subject.sha) || is_there(subject.head_sha) || is_there(subject.merge_sha);
}

/// "the head 1111… of pull request #7"
std::string name_of(const Subject& subject) {
    return fmt::format("the head {} of pull request #{}", subject.head_sha.value_or(subject.sha).string(),
                       subject.number->string());
}

Result<void> check_context(const Event& event, const Inputs& inputs, const Subject& subject,
                           const Grants& grants, const Facts& facts, std::vector<Warning>& warnings) {
    // BuildKit fetches it by its commit.
    if (names_default_context(inputs.build.context.text)) return {};
    const bool must_be_proven = !grants.has(Grant::unproven_checkout);
    if (!facts.checked_out) {
        const bool only_shown = inputs.command == Command::plan && !facts.probed;
        if (!must_be_proven || only_shown) return {};
        return fail(
            "Unknown commit in the workspace",
            fmt::format("the build context is in no checkout whose commit can be read, so nothing shows "
                        "that it holds {}, and {} hands out secrets",
                        name_of(subject), event.name),
            std::string(kRefFix));
    }
    const CommitSha& there = *facts.checked_out;
    if (is_subject(subject, there)) return {};
    if (event.sha == there || must_be_proven) {
        return fail(
            "Wrong commit checked out",
            fmt::format("the build context holds {}{}, not {}", there.string(),
                        event.sha == there ? fmt::format(", which {} checks out by default", event.name)
                                           : std::string(),
                        name_of(subject)),
            std::string(kRefFix));
    }
    warnings.push_back({"Another commit is checked out",
                        fmt::format("The image is named after {}, but the build context holds {}.",
                                    subject.sha.string(), there.string())});
    return {};
}

/// What a Dockerfile or an additional context brings in is built as well. The workflow's own commit is what
/// the secrets are for anyway.
Result<void> check_side_folders(const Event& event, const Subject& subject, const Facts& facts) {
    for (const SideFolder& folder : facts.beside) {
        const std::optional<CommitSha>& there = folder.checked_out;
        if (there && (is_subject(subject, *there) || event.sha == there)) continue;
        return fail(
            there ? "Wrong commit checked out" : "Unknown commit in the workspace",
            fmt::format("the build also reads '{}', which {}, neither {} nor the workflow's own commit, and "
                        "{} hands out secrets",
                        folder.name,
                        there ? fmt::format("holds {}", there->string())
                              : "is in no checkout whose commit can be read",
                        name_of(subject), event.name),
            std::string(kRefFix));
    }
    return {};
}

}  // namespace

Result<void> check_checkout(const Event& event, const Inputs& inputs, const Subject& subject,
                            const Grants& grants, const Facts& facts, std::vector<Warning>& warnings) {
    if (!subject.number) return {};
    TRY(check_context(event, inputs, subject, grants, facts, warnings));
    if (grants.has(Grant::unproven_checkout)) return {};
    return check_side_folders(event, subject, facts);
}

Result<void> check_credentials(const Grants& grants, const Facts& facts, std::vector<Warning>& warnings) {
    const CheckoutCredentials policy = grants.checkout_credentials();
    std::vector<std::string> files;
    for (const CredentialFile& file : facts.credentials) {
        if (policy == CheckoutCredentials::warned_in_context && !file.in_context) continue;
        files.push_back(fmt::format("'{}' ({})", file.path, file.holds));
    }
    const std::string found = text::join(files, ", ");
    if (policy != CheckoutCredentials::refused) {
        if (files.empty()) return {};
        warnings.push_back(
            {"Credentials in the build context",
             fmt::format(
                 "The build can copy them into the image: {}. Give actions/checkout persist-credentials: "
                 "false{}.",
                 found,
                 policy == CheckoutCredentials::warned ? "" : ", or leave them out by .dockerignore")});
        return {};
    }
    const std::string fix =
        "Give actions/checkout persist-credentials: false, and keep other credentials out of the build's "
        "folders.";
    if (!files.empty()) {
        return fail("Credentials in the checkout",
                    fmt::format("the code is not trusted, and its build could read {}", found), fix);
    }
    if (!facts.credentials_unchecked.empty()) {
        return fail(
            "Checkout not searched for credentials",
            fmt::format("the code is not trusted, and not all that its build could read was looked at: {}",
                        facts.credentials_unchecked),
            fix);
    }
    return {};
}

}  // namespace pr_image::plan
