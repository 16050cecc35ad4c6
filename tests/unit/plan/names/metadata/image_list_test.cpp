#include "plan/names/metadata/image_list.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <fmt/format.h>

using namespace pr_image;
using namespace pr_image::plan::metadata;

namespace {

/// "name as written" of each image, in parentheses where it is off.
std::string shown(std::string_view input) {
    const Result<std::vector<ListedImage>> images = parse_images(input);
    if (!images) return text::to_string(images.error());
    std::string all;
    for (const ListedImage& image : *images)
        all += fmt::format(fmt::runtime(image.enabled ? "{} as {};" : "({} as {});"), image.name.string(),
                           image.written);
    return all;
}

}  // namespace

TEST_CASE("images are names, or name= with enable=") {
    const auto [given, images] = GENERATE(table<std::string, std::string>({
        {"", ""},
        {"Acme/App", "docker.io/acme/app as acme/app;"},
        {"acme/app,ghcr.io/Acme/App", "docker.io/acme/app as acme/app;ghcr.io/acme/app as ghcr.io/acme/app;"},
        {"a/b\n# off\nc/d", "docker.io/a/b as a/b;docker.io/c/d as c/d;"},
        {"a/b,c/d\ne/f,g/h",
         "docker.io/a/b as a/b;docker.io/c/d as c/d;docker.io/e/f as e/f;docker.io/g/h as g/h;"},
        {"name=a/b\nc/d,enable=false\nNAME=ghcr.io/e/f,enable=true",
         "docker.io/a/b as a/b;(docker.io/c/d as c/d);ghcr.io/e/f as ghcr.io/e/f;"},
    }));
    CAPTURE(given);
    CHECK(shown(given) == images);
}

TEST_CASE("an image line that is wrong is refused with what is allowed") {
    const auto [given, why] = GENERATE(table<std::string, std::string>({
        {"a/b\nvalue=c/d", "line 2, 'value=c/d': 'value' is not known. Use name= and enable=."},
        {"a/b,enable=yes", "line 1, 'a/b,enable=yes': enable is neither true nor false"},
        {"a/b,enable=true,enable=false", "line 1, 'a/b,enable=true,enable=false': enable is there twice"},
        {"name=,enable=true", "line 1, 'name=,enable=true': the name is empty"},
        {"enable=true", "line 1, 'enable=true': the name is missing. Write name=ghcr.io/owner/app."},
        {"a/b,name=c/d,enable=true", "line 1, 'a/b,name=c/d,enable=true': it names several images"},
        {"a/b c", "line 1, 'a/b c':"},
        {"\"a/b", "a value on line 1 starts with \""},
    }));
    CAPTURE(given);
    CHECK(shown(given).starts_with("Invalid input 'images': " + why));
}
