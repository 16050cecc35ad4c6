#pragma once

#include "e2e/workflow.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace pr_image::e2e {

/// A workflow that the project's documents tell people to copy.
struct Recipe {
    std::string place;    ///< "README.md:31"
    std::string heading;  ///< that it stands under
    std::string text;     ///< as it is written
    Workflow workflow;
};

/// Takes a document's name and text; gives the workflows in it: of a `.yml` file its one, of Markdown each
/// block of yaml. A block that shows a part stands for the document's first workflow with that part in it:
/// jobs beside its jobs, or in place of those of the same name; steps, after those of its first job; `with`,
/// for the one of its first use of the action; a whole one without `on` or `permissions` has its. Throws
/// std::runtime_error with the place for what is none of that.
std::vector<Recipe> recipes_in(const std::string& name, std::string_view text);

/// Takes the project's folder; gives the recipes of README.md, docs/ and examples/.
std::vector<Recipe> read_recipes(const std::filesystem::path& root);

/// Gives the first recipe under that heading that shows the text, such as a job's name; throws
/// std::out_of_range when there is none.
const Recipe& recipe(const std::vector<Recipe>& recipes, std::string_view heading, std::string_view shows);

/// The names and values of an event's payload as `${{ github.event.… }}` names them: every text, number and
/// truth in it.
std::map<std::string, std::string> event_contexts(std::string_view payload);

/// The step's inputs with their expressions replaced by what `contexts` has for them. Throws
/// std::runtime_error for an expression that it has nothing for.
std::map<std::string, std::string> resolved(const WorkflowStep& step,
                                            const std::map<std::string, std::string>& contexts);

}  // namespace pr_image::e2e
