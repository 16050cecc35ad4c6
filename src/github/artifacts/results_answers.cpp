#include "github/artifacts/results_answers.hpp"

#include "text/json.hpp"
#include "text/number.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <functional>
#include <utility>

namespace pr_image::github::artifacts {

namespace {

namespace json = boost::json;

const json::value* field(const json::value& message, std::string_view snake, std::string_view camel) {
    const json::value* found = text::find_json(message, snake);
    return found != nullptr ? found : text::find_json(message, camel);
}

std::string string_field(const json::value& message, std::string_view snake, std::string_view camel) {
    const json::value* found = field(message, snake, camel);
    const json::string* string = found == nullptr ? nullptr : found->if_string();
    return string == nullptr ? std::string() : std::string(*string);
}

std::optional<std::uint64_t> number_field(const json::value& message, std::string_view snake,
                                          std::string_view camel) {
    const json::value* found = field(message, snake, camel);
    if (found == nullptr) return std::nullopt;
    if (const json::string* string = found->if_string()) {
        return text::parse_number<std::uint64_t>(std::string_view(*string));
    }
    boost::system::error_code code;
    const auto value = found->to_number<std::uint64_t>(code);
    if (code) return std::nullopt;
    return value;
}

}  // namespace

std::vector<Listed> listed_artifacts(const json::value& answer, std::string_view name) {
    std::vector<Listed> found;
    const json::value* artifacts = text::find_json(answer, "artifacts");
    const json::array* array = artifacts == nullptr ? nullptr : artifacts->if_array();
    if (array == nullptr) return found;
    for (const json::value& artifact : *array) {
        const std::optional<std::uint64_t> id = number_field(artifact, "database_id", "databaseId");
        if (!id || string_field(artifact, "name", "name") != name) continue;
        Listed listed{
            .id = *id,
            .name = std::string(name),
            .size = number_field(artifact, "size", "size").value_or(0),
            .digest = std::nullopt,
            .owner = {string_field(artifact, "workflow_run_backend_id", "workflowRunBackendId"),
                      string_field(artifact, "workflow_job_run_backend_id", "workflowJobRunBackendId")}};
        if (Result<Digest> digest = Digest::parse(string_field(artifact, "digest", "digest"))) {
            listed.digest = *std::move(digest);
        }
        found.push_back(std::move(listed));
    }
    std::ranges::sort(found, std::greater(), &Listed::id);
    return found;
}

std::optional<std::uint64_t> answered_id(const json::value& answer) {
    return number_field(answer, "artifact_id", "artifactId");
}

std::string answered_url(const json::value& answer, std::string_view snake, std::string_view camel) {
    return string_field(answer, snake, camel);
}

}  // namespace pr_image::github::artifacts
