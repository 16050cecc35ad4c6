#include "text/secret_forms.hpp"

#include "text/base64.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <set>

using pr_image::text::base64_encode;
using pr_image::text::secret_forms;

TEST_CASE("a secret's forms are the whole, its lines and their encodings, each once") {
    const std::vector<std::string> forms = secret_forms("first line\n}\nsecond/line");
    const auto has = [&](const std::string& form) { return std::ranges::find(forms, form) != forms.end(); };
    CHECK(has("first line\n}\nsecond/line"));
    CHECK(has("first line"));
    CHECK(has("first%20line"));
    CHECK(has("first+line"));
    CHECK(has("second%2Fline"));
    CHECK(has("first line\\n}\\nsecond/line"));
    CHECK(has(base64_encode("second/line")));
    CHECK_FALSE(has("}"));
    CHECK(std::set<std::string>(forms.begin(), forms.end()).size() == forms.size());
}

TEST_CASE("white space is no secret") {
    CHECK(secret_forms("").empty());
    CHECK(secret_forms(" \n\t").empty());
}
