#include "actions/command_file.hpp"

#include "support.hpp"
#include "unit/folder.hpp"

#include <catch2/catch_test_macros.hpp>

#include <deque>
#include <string>

using namespace pr_image;
using actions::CommandFile;
using actions::Log;
using test::environment;
using test::Folder;

namespace {

struct Rig {
    Folder folder;
    std::string printed;
    std::deque<std::string> tokens{"t1", "t2", "t3"};
    Log log{[this](std::string_view lines) { printed += lines; }, false, [] { return std::string(); }};

    std::string next_token() {
        if (tokens.empty()) return "t1";
        std::string token = tokens.front();
        tokens.pop_front();
        return token;
    }
    Result<CommandFile> open(actions::Environment::Variables variables) {
        return CommandFile::outputs(environment(std::move(variables)), log, [this] { return next_token(); });
    }
};

}  // namespace

TEST_CASE("an output is written between delimiters and added to what is there") {
    Rig rig;
    rig.folder.write("out", "before=1\n");
    auto outputs = rig.open({{"GITHUB_OUTPUT", rig.folder.path("out")}});
    REQUIRE(outputs);
    REQUIRE(outputs->set("tag", "pr-1-abc"));
    REQUIRE(outputs->set("json", "{\n}\n"));
    CHECK(rig.folder.read("out") ==
          "before=1\ntag<<delimiter_t1\npr-1-abc\ndelimiter_t1\njson<<delimiter_t2\n{\n}\n\ndelimiter_t2\n");
    CHECK(rig.printed.empty());
}

TEST_CASE("a delimiter that occurs in the value is not used") {
    Rig rig;
    auto outputs = rig.open({{"GITHUB_OUTPUT", rig.folder.path("out")}});
    REQUIRE(outputs);
    REQUIRE(outputs->set("a", "delimiter_t1\nb=evil"));
    CHECK(rig.folder.read("out") == "a<<delimiter_t2\ndelimiter_t1\nb=evil\ndelimiter_t2\n");
    rig.tokens.clear();
    CHECK_FALSE(outputs->set("a", "delimiter_t1"));
}

TEST_CASE("a name that is none is refused") {
    Rig rig;
    auto outputs = rig.open({});
    REQUIRE(outputs);
    for (const std::string name : {"", "a=b", "a\nb", "1a", "-a", "a<<b", "a b"}) {
        CAPTURE(name);
        CHECK_FALSE(outputs->set(name, "x"));
    }
    CHECK(outputs->set("image-name_2", "x"));
}

TEST_CASE("an output file that cannot be written is an error before any work") {
    Rig rig;
    const auto outputs = rig.open({{"GITHUB_OUTPUT", rig.folder.path("no/such/folder")}});
    REQUIRE_FALSE(outputs);
    CHECK(outputs.error().what == "Cannot write to GITHUB_OUTPUT");
    CHECK_FALSE(rig.open({{"GITHUB_OUTPUT", rig.folder.path()}}));
}

TEST_CASE("outside Actions outputs are printed") {
    Rig rig;
    auto outputs = rig.open({});
    REQUIRE(outputs);
    REQUIRE(outputs->set("tag", "pr-1"));
    CHECK(rig.printed == "tag=pr-1\n");
}

TEST_CASE("state goes to its own file and comes back to the post step") {
    Rig rig;
    auto state = CommandFile::state(environment({{"GITHUB_STATE", rig.folder.path("state")}}), rig.log,
                                    [] { return std::string("t"); });
    REQUIRE(state);
    REQUIRE(state->set("builder", "pr-image"));
    CHECK(rig.folder.read("state") == "builder<<delimiter_t\npr-image\ndelimiter_t\n");
    CHECK(actions::saved_state(environment({{"STATE_builder", "pr-image"}}), "builder") == "pr-image");
}
