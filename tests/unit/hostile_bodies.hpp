#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pr_image::test {

/// Bodies that a service might answer with instead of its own JSON, each with a name.
inline const std::vector<std::pair<std::string, std::string>>& hostile_bodies() {
    static const std::vector<std::pair<std::string, std::string>> kBodies = [] {
        const auto repeated = [](std::string_view piece, std::size_t count) {
            std::string text;
            text.reserve(piece.size() * count);
            for (std::size_t i = 0; i < count; ++i)
                text += piece;
            return text;
        };
        const std::string digest = "sha256:" + std::string(64, 'a');
        return std::vector<std::pair<std::string, std::string>>{
            {"nothing", ""},
            {"a page of HTML", "<!DOCTYPE html><html><body>Sign in</body></html>"},
            {"null", "null"},
            {"a number", "1e400"},
            {"a string", "\"::set-output name=tag::evil\""},
            {"an empty list", "[]"},
            {"an empty object", "{}"},
            {"half an object", R"({"errors":[{"code":"DENIED","mess)"},
            {"lists 10,000 levels deep", repeated("[", 10'000) + repeated("]", 10'000)},
            {"objects 10,000 levels deep", repeated(R"({"a":)", 10'000) + "1" + repeated("}", 10'000)},
            {"a member 10,000 times", "{" + repeated(R"("tags":[],)", 10'000) + R"("tags":[]})"},
            {"100,000 numbers", R"({"tags":[)" + repeated("0,", 100'000) + "0]}"},
            {"a string of 1 MB", R"({"token":")" + repeated("x", 1'000'000) + R"("})"},
            {"invalid UTF-8", "{\"errors\":[{\"code\":\"\xff\xfe\",\"message\":\"\xc0\xaf\"}]}"},
            {"half a surrogate pair", R"({"errors":[{"code":"X","message":"\ud800"}]})"},
            {"commands and escapes",
             R"({"errors":[{"code":"DENIED","message":"\n::error::evil\r##[set-output name=x]y\u001b[31m\u0000\u202e"}]})"},
            {"a message of 100 kB", R"({"message":")" + repeated("evil ", 20'000) + R"("})"},
            {"wrong types",
             R"({"token":7,"tags":{},"manifests":7,"config":[],"errors":"x","head":7,"commit":[],"mediaType":{}})"},
            {"null everywhere",
             R"({"token":null,"tags":null,"manifests":null,"config":null,"errors":null,"head":null,"commit":null})"},
            {"an index of itself",
             R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{"mediaType":)"
             R"("application/vnd.oci.image.index.v1+json","digest":")" +
                 digest + R"(","size":1}]})"},
            {"a manifest of negative size", R"({"schemaVersion":2,"config":{"mediaType":"x","digest":")" +
                                                digest + R"(","size":-1},"layers":[]})"},
            {"a manifest of endless size", R"({"schemaVersion":2,"config":{"mediaType":"x","digest":")" +
                                               digest + R"(","size":18446744073709551615},"layers":[]})"},
            {"a digest that leads elsewhere",
             R"({"schemaVersion":2,"config":{"mediaType":"x","digest":"../../../v2/other/blobs/sha256:a","size":1},)"
             R"("layers":[]})"},
            {"a bomb that gzip would unpack",
             std::string("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03", 10) + std::string(1000, '\xff')},
            {"more than 8 MiB", repeated(" ", (8 << 20) + 1)},
        };
    }();
    return kBodies;
}

}  // namespace pr_image::test
