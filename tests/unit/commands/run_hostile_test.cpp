#include "actions/environment.hpp"
#include "actions/log.hpp"
#include "commands/run.hpp"
#include "e2e/file_commands.hpp"
#include "e2e/log_commands.hpp"
#include "e2e/secret_masker.hpp"
#include "text/strings.hpp"
#include "unit/folder.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

/// The whole program on an event or an input that somebody made to do harm, as far as it comes without an
/// engine and a network (`command: plan`, `probe: false`), with GitHub's own rules for what its log, outputs
/// and summary mean.
using namespace pr_image;

namespace {

namespace json = boost::json;
using Variables = std::map<std::string, std::string, std::less<>>;

const std::string kHead(40, 'a');
const std::string kToken = "ghs_16C7e42F292c6912E7710c838347Ae178B4a";

struct Text {
    std::string what;
    std::string text;
};

/// Texts that do harm to whoever takes them for more than data. NUL is among them: JSON can hold it.
const std::vector<Text>& hostile_texts() {
    static const std::vector<Text> kTexts{
        {"a command substitution", "x$(touch pwned)"},
        {"backticks", "x`touch pwned`"},
        {"a shell's separator", "x;touch pwned;&&|touch pwned"},
        {"a new-style command", "::set-output name=tag::evil"},
        {"a new-style command on a line of its own", "x\n::set-output name=tag::evil\ny"},
        {"a new-style command after a carriage return", "x\r::add-mask::a\r\ny"},
        {"an old-style command", "x ##[set-output name=tag]evil"},
        {"the end of a block that stops commands", "x\n::stop-commands::evil\n::evil::\n"},
        {"an output's end and another output", "x\ndelimiter_0\nevil<<EOF\nevil\nEOF\n"},
        {"escaped percent signs", "x%0A::set-output name=tag::evil%0D"},
        {"terminal escapes", "x\x1b[2K\x1b[1A\x1b]0;evil\x07\x1b[31m"},
        {"bidi controls", "x\xe2\x80\xae\xe2\x81\xa6gpj.exe\xe2\x81\xa9"},
        {"characters that .NET ignores",
         "\xe2\x80\x8b:\xc2\xad:set-output name=tag::evil #\xe2\x80\x8b#[add-mask]x"},
        {"invalid UTF-8", "x\xff\xfe\xc0\xaf\xed\xa0\x80"},
        {"a NUL", std::string("x\0y", 3)},
        {"64 KiB", std::string(64 * 1024, 'x')},
        {"64 KiB of commands",
         [] {
             std::string text;
             while (text.size() < 64 * 1024)
                 text += "##[add-mask]x\n::error::y\n";
             return text;
         }()},
        {"markup",
         "x| <img src=x onerror=alert(1)> [y](javascript:z) ![w](https://evil.example/p) @everyone"},
        {"a template", "{{#if x}}${{ secrets.TOKEN }}{{date 'YYYY'}}{number}"},
        {"an option", "--output=type=local,dest=/"},
        {"another field", "x,scope=main,mode=max\",y=\"z"},
        {"a path", "../../../../etc/passwd"},
        {"an exploit of a regular expression", "(a+)+$" + std::string(64, 'a') + "!"},
        {"nothing but white space", " \t\n\v\f\r "},
    };
    return kTexts;
}

json::object payload() {
    const json::object repository{{"id", 7},
                                  {"full_name", "acme/app"},
                                  {"default_branch", "main"},
                                  {"private", false},
                                  {"description", "An app"},
                                  {"license", {{"spdx_id", "MIT"}}},
                                  {"owner", {{"type", "Organization"}}}};
    return {{"action", "synchronize"},
            {"number", 42},
            {"label", {{"name", "build"}}},
            {"sender", {{"login", "mona"}}},
            {"repository", repository},
            {"pull_request",
             {{"number", 42},
              {"title", "A change"},
              {"body", "of something"},
              {"user", {{"login", "mona"}}},
              {"head", {{"sha", kHead}, {"ref", "feature/x"}, {"label", "acme:x"}, {"repo", {{"id", 7}}}}},
              {"base", {{"ref", "main"}, {"sha", kHead}}}}}};
}

Variables variables() {
    return {{"GITHUB_ACTIONS", "true"},
            {"GITHUB_EVENT_NAME", "pull_request"},
            {"GITHUB_REPOSITORY", "acme/app"},
            {"GITHUB_REPOSITORY_ID", "7"},
            {"GITHUB_REF", "refs/pull/42/merge"},
            {"GITHUB_SHA", kHead},
            {"GITHUB_ACTOR", "mona"},
            {"GITHUB_RUN_ID", "555"},
            {"GITHUB_RUN_ATTEMPT", "1"},
            {"GITHUB_SERVER_URL", "https://github.com"},
            {"INPUT_COMMAND", "plan"},
            {"INPUT_PROBE", "false"},
            {"INPUT_TOKEN", kToken}};
}

/// A page of Markdown without its fenced blocks, in which everything is shown as it is.
std::string without_code(const std::string& page) {
    std::string rest;
    std::string fence;
    for (const std::string_view line : text::split(page, '\n')) {
        const std::size_t ticks = std::min(line.find_first_not_of('`'), line.size());
        if (fence.empty() && ticks >= 3) {
            fence = line.substr(0, ticks);
        } else if (!fence.empty()) {
            if (line == fence) fence.clear();
        } else {
            rest += std::string(line) + "\n";
        }
    }
    CHECK(fence.empty());
    return rest;
}

/// A run of the program in a folder of its own.
class Trial {
  public:
    Trial() { std::filesystem::create_directories(folder_.path("workspace")); }

    void run(const json::object& event, Variables with) {
        folder_.write("event.json", json::serialize(event));
        for (const char* file : {"output", "state", "summary", "env", "path"})
            folder_.write(file, "");
        with["GITHUB_EVENT_PATH"] = folder_.path("event.json");
        with["GITHUB_OUTPUT"] = folder_.path("output");
        with["GITHUB_STATE"] = folder_.path("state");
        with["GITHUB_STEP_SUMMARY"] = folder_.path("summary");
        with["GITHUB_ENV"] = folder_.path("env");
        with["GITHUB_PATH"] = folder_.path("path");
        with["GITHUB_WORKSPACE"] = folder_.path("workspace");
        with["RUNNER_TEMP"] = folder_.path();
        std::string printed;
        unsigned drawn = 0;
        const actions::Environment environment(std::move(with));
        actions::Log log(
            [&](std::string_view lines) { printed += lines; }, true,
            [&] { return "0123456789abcdef0123456789abcd" + std::to_string(10 + drawn++ % 90); });
        status_ = commands::run(environment, log);
        check(printed);
    }

    [[nodiscard]] int status() const { return status_; }

  private:
    void check(const std::string& printed) const {
        CHECK((status_ == 0 || status_ == 1));
        e2e::SecretMasker masker;
        e2e::LogProcessor runner(masker);
        e2e::LineSplitter lines([&](const std::string& line) { runner.feed(line); });
        lines.push(printed);
        lines.finish();
        CHECK(runner.outputs.empty());
        CHECK(runner.state.empty());
        CHECK(runner.failures.empty());
        CHECK_FALSE(runner.stopped());
        CHECK(runner.open_groups == 0);
        const std::set<std::string> ours{"add-mask", "warning", "error", "notice", "group", "endgroup"};
        for (const e2e::LogCommand& command : runner.executed) {
            INFO(command.name << " " << command.data);
            CHECK((ours.contains(command.name) || command.name == "stop-commands" ||
                   command.name.starts_with("0123456789abcdef")));
            CHECK((command.name != "add-mask" || command.data.size() > 8));
        }
        CHECK(runner.count(e2e::Annotation::Level::kError) == (status_ == 0 ? 0U : 1U));
        for (const std::string& shown : runner.displayed)
            CHECK_FALSE(shown.contains(kToken));

        const e2e::KeyValues outputs = e2e::parse_key_values(folder_.read("output"));
        CHECK_FALSE(outputs.error);
        for (const auto& [name, value] : outputs.pairs) {
            CHECK(name == "plan");
            CHECK_FALSE(value.contains(kToken));
        }
        CHECK(outputs.pairs.size() == (status_ == 0 ? 1U : 0U));
        for (const char* file : {"state", "env", "path"})
            CHECK(folder_.read(file).empty());
        const std::string summary = folder_.read("summary");
        CHECK(summary.size() < 64 * 1024);
        const std::string page = without_code(summary);
        CHECK_FALSE(page.contains("<img"));
        CHECK_FALSE(page.contains("](javascript"));
        CHECK_FALSE(page.contains(" @everyone"));
        CHECK_FALSE(std::filesystem::exists(folder_.path("workspace/pwned")));
    }

    test::Folder folder_;
    int status_ = -1;
};

/// A field of the event, with the event that has it set to a text.
struct Field {
    std::string name;
    std::function<void(json::object& event, Variables& variables, const std::string& text)> put;
};

json::object& pull_request(json::object& event) {
    return event["pull_request"].as_object();
}

Field in_environment(const std::string& name) {
    return {name, [name](json::object&, Variables& with, const std::string& text) {
                // The kernel ends a variable at its first NUL.
                with[name] = text.substr(0, text.find('\0'));
            }};
}

const std::vector<Field>& event_fields() {
    static const std::vector<Field> kFields{
        {"pull_request.head.ref",
         [](json::object& event, Variables&, const std::string& text) {
             pull_request(event)["head"].as_object()["ref"] = text;
         }},
        {"pull_request.head.sha",
         [](json::object& event, Variables&, const std::string& text) {
             pull_request(event)["head"].as_object()["sha"] = text;
         }},
        {"pull_request.head.repo",
         [](json::object& event, Variables&, const std::string& text) {
             pull_request(event)["head"].as_object()["repo"] = text;
         }},
        {"pull_request.base.ref",
         [](json::object& event, Variables&, const std::string& text) {
             pull_request(event)["base"].as_object()["ref"] = text;
         }},
        {"pull_request.number", [](json::object& event, Variables&,
                                   const std::string& text) { pull_request(event)["number"] = text; }},
        {"pull_request.title",
         [](json::object& event, Variables&, const std::string& text) {
             pull_request(event)["title"] = text;
             pull_request(event)["body"] = text;
         }},
        {"pull_request.user.login",
         [](json::object& event, Variables&, const std::string& text) {
             pull_request(event)["user"].as_object()["login"] = text;
         }},
        {"label.name", [](json::object& event, Variables&,
                          const std::string& text) { event["label"].as_object()["name"] = text; }},
        {"action", [](json::object& event, Variables&, const std::string& text) { event["action"] = text; }},
        {"repository.default_branch",
         [](json::object& event, Variables&, const std::string& text) {
             event["repository"].as_object()["default_branch"] = text;
         }},
        {"repository.description",
         [](json::object& event, Variables&, const std::string& text) {
             event["repository"].as_object()["description"] = text;
         }},
        {"repository.license.spdx_id",
         [](json::object& event, Variables&, const std::string& text) {
             event["repository"].as_object()["license"].as_object()["spdx_id"] = text;
         }},
        {"a member that nobody reads",
         [](json::object& event, Variables&, const std::string& text) { event[text] = text; }},
        {"the branch of a push",
         [](json::object& event, Variables& with, const std::string& text) {
             event.erase("pull_request");
             with["GITHUB_EVENT_NAME"] = "push";
             with["GITHUB_REF"] = "refs/heads/" + text.substr(0, text.find('\0'));
         }},
        {"the git tag of a push",
         [](json::object& event, Variables& with, const std::string& text) {
             event.erase("pull_request");
             with["GITHUB_EVENT_NAME"] = "push";
             with["GITHUB_REF"] = "refs/tags/" + text.substr(0, text.find('\0'));
         }},
        in_environment("GITHUB_EVENT_NAME"),
        in_environment("GITHUB_REF"),
        in_environment("GITHUB_SHA"),
        in_environment("GITHUB_REPOSITORY"),
        in_environment("GITHUB_ACTOR"),
        in_environment("GITHUB_RUN_ID"),
        in_environment("GITHUB_SERVER_URL"),
    };
    return kFields;
}

const std::vector<std::string>& inputs() {
    static const std::vector<std::string> kInputs{"command",
                                                  "image",
                                                  "images",
                                                  "registry",
                                                  "username",
                                                  "pr-tag",
                                                  "sha",
                                                  "pr-number",
                                                  "variant",
                                                  "tags",
                                                  "flavor",
                                                  "labels",
                                                  "annotations",
                                                  "platforms",
                                                  "pr-platforms",
                                                  "cache-from",
                                                  "cache-to",
                                                  "context",
                                                  "file",
                                                  "target",
                                                  "build-args",
                                                  "build-contexts",
                                                  "secrets",
                                                  "secret-envs",
                                                  "registry-auth",
                                                  "as",
                                                  "ref",
                                                  "base-image",
                                                  "outputs",
                                                  "builder",
                                                  "driver-opts",
                                                  "allow",
                                                  "add-hosts",
                                                  "network",
                                                  "protected-tags",
                                                  "wait",
                                                  "retention-days",
                                                  "provenance"};
    return kInputs;
}

}  // namespace

TEST_CASE("no field of an event that somebody made to do harm does any") {
    std::size_t planned = 0;
    for (const Field& field : event_fields()) {
        for (const Text& text : hostile_texts()) {
            INFO(field.name << ": " << text.what);
            json::object event = payload();
            Variables with = variables();
            field.put(event, with, text.text);
            Trial trial;
            trial.run(event, std::move(with));
            planned += trial.status() == 0 ? 1 : 0;
        }
    }
    // Text that is only shown, or not even that, stops nobody.
    CHECK(planned > event_fields().size() * 4);
}

TEST_CASE("no input that is made of somebody's text does harm") {
    for (const std::string& input : inputs()) {
        for (const Text& text : hostile_texts()) {
            INFO(input << ": " << text.what);
            Variables with = variables();
            std::string name = "INPUT_" + input;
            std::ranges::transform(name, name.begin(), [](char c) {
                return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
            });
            // Many inputs want a name in front before they look at the rest.
            const bool pairs = input.ends_with("s") && input != "allow" && input != "platforms";
            const std::string front = input == "secrets" ? "a=a-long-value-" : pairs ? "a=" : "";
            with[name] = front + text.text.substr(0, text.text.find('\0'));
            Trial trial;
            trial.run(payload(), std::move(with));
        }
    }
}

TEST_CASE("no rule of input tags makes somebody's text more than a tag") {
    for (const std::string rule :
         {"type=raw,value=", "type=match,pattern=", "type=ref,event=", "type=semver,value="}) {
        for (const Text& text : hostile_texts()) {
            INFO(rule << ": " << text.what);
            Variables with = variables();
            with["INPUT_TAGS"] = rule + text.text.substr(0, text.text.find('\0'));
            Trial trial;
            trial.run(payload(), std::move(with));
        }
    }
}

TEST_CASE("an event that is no event ends with one error") {
    const std::string deep = std::string(10'000, '[') + std::string(10'000, ']');
    std::string wide = "{\"pull_request\":{";
    for (int i = 0; i < 10'000; ++i)
        wide += "\"k" + std::to_string(i) + "\":{},";
    wide += "\"x\":1}}";
    for (const std::string& event :
         {deep, wide, std::string(), std::string("null"), std::string("[]"), std::string("\"x\""),
          std::string("{"), std::string("{\"pull_request\":[]}"),
          std::string("{\"pull_request\":{\"number\":1e400}}"),
          std::string("{\"pull_request\":{\"number\":-1}}"), std::string("\xef\xbb\xbf{}"),
          std::string("{\"a\":\"\\ud800\"}"), std::string("{}\0{}", 5), std::string(1 << 20, '{')}) {
        INFO(event.substr(0, 60));
        const test::Folder folder;
        folder.write("event.json", event);
        Variables with = variables();
        with["GITHUB_EVENT_PATH"] = folder.path("event.json");
        with["GITHUB_WORKSPACE"] = folder.path();
        std::string printed;
        const actions::Environment environment(std::move(with));
        actions::Log log([&](std::string_view lines) { printed += lines; }, true,
                         [] { return std::string("t"); });
        CHECK(commands::run(environment, log) == 1);
        CHECK(printed.contains("::error title="));
        CHECK(printed.size() < 4096);
    }
}
