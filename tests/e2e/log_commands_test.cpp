#include "e2e/log_commands.hpp"

#include <catch2/catch_test_macros.hpp>

namespace pr_image::e2e {
namespace {

constexpr auto kAnyName = [](std::string_view) { return true; };

struct Log {
    SecretMasker masker;
    LogProcessor processor{masker};

    explicit Log(const std::vector<std::string_view>& lines) {
        for (const auto line : lines) {
            processor.feed(line);
        }
    }
};

TEST_CASE("a colon command is found at the start of a line, after white space, and nowhere else") {
    struct Row {
        std::string_view line;
        std::string_view name;  // empty: no command
        std::string_view data;
    };
    const std::vector<Row> rows = {
        {"::notice::hello", "notice", "hello"},
        {"  \t::notice::hello", "notice", "hello"},
        {"\u00a0\u3000::notice::hello", "notice", "hello"},
        {"x ::notice::hello", "", ""},
        {"::notice", "", ""},
        {"::notice:hello", "", ""},
        {":: notice::hello", "", "hello"},
        {"::notice title=a,file=b::hello::there", "notice", "hello::there"},
        {"::notice::a%0Ab%0Dc%25d%3Ae%2Cf", "notice", "a\nb\rc%d%3Ae%2Cf"},
        {"::notice::%250A", "notice", "%0A"},
    };
    for (const auto& row : rows) {
        INFO("line: " << row.line);
        const auto command = parse_colon_command(row.line, kAnyName);
        if (row.name.empty()) {
            CHECK((!command || command->name.empty()));
        } else {
            REQUIRE(command);
            CHECK(command->name == row.name);
            CHECK(command->data == row.data);
        }
    }
    CHECK_FALSE(parse_colon_command("::notice::x", [](std::string_view) { return false; }));
}

TEST_CASE("a colon command's properties are unescaped and named without regard to case") {
    const auto command = parse_colon_command(
        "::error title=a%3Ab%2Cc%25,FILE=src/x y.cpp,line==3,=col=4,empty=,bare,==::boom", kAnyName);
    REQUIRE(command);
    CHECK(command->properties.size() == 4);
    CHECK(command->properties.find("Title")->second == "a:b,c%");
    CHECK(command->properties.find("file")->second == "src/x y.cpp");
    CHECK(command->properties.find("line")->second == "3");
    CHECK(command->properties.find("col")->second == "4");
}

TEST_CASE("a bracket command is found anywhere in a line") {
    struct Row {
        std::string_view line;
        std::string_view name;
        std::string_view data;
    };
    const std::vector<Row> rows = {
        {"##[warning]careful", "warning", "careful"},
        {"#12 0.31 x ##[set-output name=digest]sha256:evil", "set-output", "sha256:evil"},
        {"##[set-output name=a%3Bb%5D;x=1]y%0Az", "set-output", "y\nz"},
        {"# #[warning]no", "", ""},
        {"##[warning", "", ""},
    };
    for (const auto& row : rows) {
        INFO("line: " << row.line);
        const auto command = parse_bracket_command(row.line, kAnyName);
        CHECK(command.has_value() == !row.name.empty());
        if (command && !row.name.empty()) {
            CHECK(command->name == row.name);
            CHECK(command->data == row.data);
        }
    }
    const auto command = parse_bracket_command("##[set-output name=a%3Bb%5D;x=1]y", kAnyName);
    REQUIRE(command);
    CHECK(command->properties.find("name")->second == "a;b]");
    CHECK(command->properties.find("x")->second == "1");
}

TEST_CASE("a line ends at a line feed, a carriage return with one, and a carriage return alone") {
    std::vector<std::string> lines;
    LineSplitter splitter([&](std::string line) { lines.push_back(std::move(line)); });
    for (const std::string_view bytes : {"a\nb\r", "\nc\rd", "\r\r\n\ne"}) {
        splitter.push(bytes);
    }
    splitter.finish();
    CHECK(lines == std::vector<std::string>{"a", "b", "c", "d", "", "", "e"});
}

TEST_CASE("set-output and save-state change the step in both syntaxes") {
    const Log log({"::set-output name=tag::pr-7", "x ##[set-output name=digest]sha256:1",
                   "::SAVE-STATE name=box::on", "::set-output::no name"});
    CHECK(log.processor.outputs.at("tag") == "pr-7");
    CHECK(log.processor.outputs.at("digest") == "sha256:1");
    CHECK(log.processor.state.at("box") == "on");
    CHECK(log.processor.failures.size() == 1);
}

TEST_CASE("nothing is executed between stop-commands and its token, whatever the syntax") {
    const Log log({"::stop-commands::a1b2c3d4", "::set-output name=x::1", "##[add-mask]log", "::error::no",
                   "::stop-commands::other", "::other::", "::A1B2C3D4::", "::notice::after"});
    CHECK(log.processor.outputs.empty());
    CHECK(log.processor.annotations.size() == 1);
    CHECK(log.processor.annotations.front().message == "after");
    CHECK_FALSE(log.processor.stopped());
    CHECK(log.masker.values() == std::vector<std::string>{"a1b2c3d4"});
}

TEST_CASE("the resume token works in the bracket syntax too, and only the token resumes") {
    const Log log({"::stop-commands::a1b2c3d4", "text ##[a1b2c3d4] more", "::notice::yes"});
    CHECK(log.processor.annotations.size() == 1);
    const Log still({"::stop-commands::a1b2c3d4", "a1b2c3d4", "::a1b2c3d::", "::notice::no"});
    CHECK(still.processor.stopped());
    CHECK(still.processor.annotations.empty());
}

TEST_CASE("a stop token that names a command, or none, fails the step") {
    for (const std::string_view line :
         {"::stop-commands::", "::stop-commands::Notice", "::stop-commands::pause-logging"}) {
        const Log log({line});
        INFO("line: " << line);
        CHECK_FALSE(log.processor.stopped());
        CHECK(log.processor.failures.size() == 1);
    }
}

TEST_CASE("a mask hides a value, each of its lines and its encoded forms from then on") {
    const Log log({"secret hunter22", "::add-mask::hunter22%0Asecond line", "a hunter22 b", "second line!",
                   "aHVudGVyMjI=", "::error::hunter22 leaked"});
    CHECK(log.processor.displayed[0] == "secret hunter22");
    CHECK(log.processor.displayed[1] == "a *** b");
    CHECK(log.processor.displayed[2] == "***!");
    CHECK(log.processor.displayed[3] == "***");
    CHECK(log.processor.annotations.front().message == "*** leaked");
}

TEST_CASE("annotations keep their level, title and place; groups are counted") {
    const Log log({"::group::Build", "::warning title=Old base,file=Dockerfile,line=3::Pin it",
                   "::endgroup::", "::error::boom", "::debug::quiet"});
    CHECK(log.processor.count(Annotation::Level::kWarning) == 1);
    CHECK(log.processor.count(Annotation::Level::kError) == 1);
    CHECK(log.processor.annotations.front().property("title") == "Old base");
    CHECK(log.processor.annotations.front().property("line") == "3");
    CHECK(log.processor.groups == std::vector<std::string>{"Build"});
    CHECK(log.processor.open_groups == 0);
    CHECK(log.processor.debug == std::vector<std::string>{"quiet"});
}

TEST_CASE("set-env and add-path are disabled and fail the step") {
    const Log log({"::set-env name=PATH::/evil", "::add-path::/evil"});
    CHECK(log.processor.failures.size() == 2);
}

TEST_CASE("a command with zero-width characters in its marks is taken for one, as .NET may take it") {
    const Log log({"::error:\u200b:hidden", "##\u00ad[warning]hidden"});
    CHECK(log.processor.annotations.size() == 2);
    const Log emoji({"::notice::\U0001F468\u200d\U0001F4BB"});
    CHECK(emoji.processor.annotations.front().message == "\U0001F468\u200d\U0001F4BB");
}

}  // namespace
}  // namespace pr_image::e2e
