#include "docker/ignore_file.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <string>

using pr_image::docker::IgnoreFile;

TEST_CASE("a context is sent without what its ignore file's patterns match") {
    struct Row {
        std::string content;
        std::string path;
        bool left_out;
    };
    const Row row = GENERATE(values<Row>({
        {"", ".git/config", false},
        {".git", ".git/config", true},
        {".git/", ".git/config", true},
        {"/.git", ".git/config", true},
        {"./.git", ".git/config", true},
        {"x/../.git", ".git/config", true},
        {"  .git\t\r\n", ".git/config", true},
        {"\xEF\xBB\xBF.git\n", ".git/config", true},
        {"#.git", ".git/config", false},
        {" #.git", ".git/config", false},
        {".git", "sub/.git/config", false},
        {"**/.git", "sub/.git/config", true},
        {"**/.git", ".git/config", true},
        {"**/.git/**", "a/b/.git/config", true},
        {"**.git", "sub/.git", true},
        {"**git", "sub/x.git/config", true},
        {"*/.git", "sub/.git/config", true},
        {"*/.git", ".git/config", false},
        {"*/.git", "a/b/.git/config", false},
        {"*", ".git/config", true},
        {"**", ".git/config", true},
        {".g?t", ".git/config", true},
        {".?it", "./it", false},
        {".[a-h]it", ".git/config", true},
        {".[^g]it", ".git/config", false},
        {".[^a]it", ".git/config", true},
        {"\\.git", ".git/config", true},
        {".GIT", ".git/config", false},
        {".git/config", ".git/config", true},
        {".git/*", ".git/config", true},
        {".git/*.worktree", ".git/config", false},
        {".git**", ".github/config", true},
        {"a**b", "a/x/b", true},
        {"a**b", "ax/b", true},
        {"a**b", "ab", true},
        {"a**b", "axb", false},
        {"a/**/b", "a/b/c", true},
        {"a/**/b", "a/x/y/b", true},
        {"a.b", "axb", false},
        // Order decides, and `!` brings back.
        {".git\n!.git", ".git/config", false},
        {"!.git\n.git", ".git/config", true},
        {"*\n!src", ".git/config", true},
        {"*\n!.git/config", ".git/config", false},
        {"*\n! .git", ".git/config", false},
        {"*\n!**/config", ".git/config", false},
        {"*\n!.git\n.git/config", ".git/config", true},
        {".git\n!.git/HEAD", ".git/config", true},
        // A pattern that could change nothing for a folder says nothing of what is in it.
        {"d\n!d/f\n*", "d/f", false},
        {"d\n!d/f\nd", "d/f", false},
        {"!\n.git", ".git/config", true},
    }));
    CAPTURE(row.content, row.path);
    CHECK(IgnoreFile::parse(row.content).leaves_out(row.path) == row.left_out);
}

TEST_CASE("patterns that take long to match are given up, and leave nothing out") {
    std::string hostile;
    for (int i = 0; i < 100; ++i)
        hostile += "*a";
    CHECK_FALSE(IgnoreFile::parse(hostile).leaves_out(std::string(200, 'a') + "b"));
    CHECK_FALSE(IgnoreFile::parse(std::string(100'000, 'x')).leaves_out("x"));
}
