#include "actions/summary.hpp"

#include "support.hpp"
#include "unit/folder.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>

using namespace pr_image;
using actions::Summary;
using test::environment;
using test::Folder;

TEST_CASE("text in a summary is text") {
    CHECK(actions::markdown_text("a|b <img> *x* [l](u) `c`\n# h & @me") ==
          "a\\|b &lt;img&gt; \\*x\\* \\[l\\]\\(u\\) \\`c\\` \\# h &amp; &#64;me");
    CHECK(actions::markdown_code("a|b`c`") == "`` a\\|b`c` ``");
    CHECK(actions::markdown_code("sha256:ab") == "`sha256:ab`");
    CHECK(actions::markdown_code("a\nb") == "`a b`");
}

TEST_CASE("a summary shows what nobody would see") {
    Summary summary;
    summary.heading("a\u202E");
    summary.table({"b\u2066"}, {{{"c\u200B", false}, {"d\u061C", true}}});
    summary.code("text", "e\uFEFF");
    summary.paragraph("f\U000E0041");
    for (const std::string shown : {"a\\\\u\\{202e\\}", "b\\\\u\\{2066\\}", "c\\\\u\\{200b\\}", "`d\\u{61c}`",
                                    "e\\u{feff}", "f\\\\u\\{e0041\\}"}) {
        CAPTURE(shown, summary.markdown());
        CHECK(summary.markdown().contains(shown));
    }
}

TEST_CASE("a summary reads as Markdown") {
    Summary summary;
    summary.heading("Image");
    summary.table({"", "Value"}, {{{"digest", false}, {"sha256:1", true}}, {{"a", false}, {"", true}}});
    summary.code("text", "x\n```\n::error::");
    summary.paragraph("Done.");
    CHECK(summary.markdown() ==
          "\n### Image\n\n\n|  | Value |\n| --- | --- |\n| digest | `sha256:1` |\n| a |  |\n"
          "\n````text\nx\n```\n::error::\n````\n\nDone.\n");
}

TEST_CASE("a summary that is too large ends at a whole row, and says so") {
    Summary summary;
    std::vector<std::vector<Summary::Cell>> rows(20000, {{std::string(100, 'x'), true}});
    summary.table({"a"}, rows);
    const std::string page = summary.markdown();
    CHECK(page.size() <= Summary::kLimit);
    CHECK(page.size() > Summary::kLimit - 300);
    CHECK(page.ends_with("may be 1 MiB at most.\n"));
    CHECK(page.find("` |\n\n\n> The rest was left out") != std::string::npos);
}

TEST_CASE("a summary is appended to the step's file and leaves room for what is there") {
    const Folder folder;
    const auto with_file = environment({{"GITHUB_STEP_SUMMARY", folder.path("summary")}});
    folder.write("summary", std::string(Summary::kLimit - 500, 'x'));
    Summary summary;
    summary.code("text", std::string(1000, 'y'));
    REQUIRE(summary.write(with_file));
    CHECK(folder.read("summary").ends_with("may be 1 MiB at most.\n"));
    CHECK(folder.read("summary").size() <= Summary::kLimit);
    CHECK(summary.write(environment({})));
    CHECK_FALSE(summary.write(environment({{"GITHUB_STEP_SUMMARY", folder.path()}})));
}
