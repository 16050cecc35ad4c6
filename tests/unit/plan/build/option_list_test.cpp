#include "plan/build/option_list.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <array>
#include <string>
#include <vector>

using namespace pr_image;
using namespace pr_image::plan;
using Strings = std::vector<std::string>;

TEST_CASE("a value is split into fields as Go's encoding/csv reads one record") {
    const auto [value, fields] = GENERATE(table<std::string, Strings>({
        {"type=local,dest=out", {"type=local", "dest=out"}},
        {" a , b ", {" a ", " b "}},
        {"a,", {"a", ""}},
        {",", {"", ""}},
        {"a,,b", {"a", "", "b"}},
        {"\"a,b\",c", {"a,b", "c"}},
        {"\"a\"\"b\"", {"a\"b"}},
        {"\"\"\"\"", {"\""}},
        {"\"\"", {""}},
        {"\"\",x", {"", "x"}},
        {"\"a\nb\"", {"a\nb"}},
        {"a\nb", {"a\nb"}},
        {"a\n", {"a"}},
        {"a\r\n", {"a"}},
        {"a\r", {"a\r"}},
    }));
    CAPTURE(value);
    const Result<Strings> read = option_fields(value);
    REQUIRE(read);
    CHECK(*read == fields);
}

TEST_CASE("a value whose quotes Go refuses is refused, without a word of it") {
    const std::string value = GENERATE("", "\n", "\"", "\"a", "a\"", "a\"b\"", " \"a\"", "\"a\"b", "\"a\" ",
                                       "x,\"a\"\"", "\"a\nb", R"({"type":"image","push":"true"})");
    CAPTURE(value);
    const Result<Strings> read = option_fields(value);
    REQUIRE_FALSE(read);
    CHECK_FALSE(read.error().why.contains('b'));
}

TEST_CASE("fields that are written are read back as they were") {
    const Strings fields = GENERATE(values<Strings>({
        {"a=b"},
        {"a=b,c", "d=\"", "e= ", "=f"},
        {"a=\n", "b=\r\n"},
        {"\"", ",", "x"},
    }));
    CHECK(option_fields(option_text(fields)).value() == fields);
}

TEST_CASE("booleans are those of Go's ParseBool and no others") {
    for (const char* yes : {"1", "t", "T", "true", "TRUE", "True"})
        CHECK(parse_go_bool(yes) == true);
    for (const char* no : {"0", "f", "F", "false", "FALSE", "False"})
        CHECK(parse_go_bool(no) == false);
    for (const char* neither : {"", " true", "true ", "tRUE", "yes", "on", "y", "2", "01", "true\n"})
        CHECK_FALSE(parse_go_bool(neither));
}

TEST_CASE("keys are compared as buildx spells them, and the last of two with the same key counts") {
    const Strings fields{" Push =1", "push=0", "PUSH=t"};
    const Attributes trimmed = option_attributes(fields, KeySpelling::trimmed_lower).value();
    CHECK(trimmed == Attributes{{"push", "t"}});
    CHECK(trimmed.boolean("push") == true);
    CHECK(option_attributes(fields, KeySpelling::lower).value() ==
          Attributes{{" push ", "1"}, {"push", "t"}});
    CHECK(option_attributes(fields, KeySpelling::exact).value() ==
          Attributes{{" Push ", "1"}, {"push", "0"}, {"PUSH", "t"}});
    CHECK(option_attributes({"a=b=c", "d="}, KeySpelling::exact).value() ==
          Attributes{{"a", "b=c"}, {"d", ""}});
}

TEST_CASE("a field without a value and a key outside ASCII are refused") {
    // Go's lower case and white space are Unicode's: the Kelvin sign is a k, a no-break space is trimmed.
    const std::string field =
        GENERATE("push", "", "\u00A0push=true", "to\u212Aen=x", "p\u0131n=x", "\xFFpush=1");
    CAPTURE(field);
    CHECK_FALSE(option_attributes({field}, KeySpelling::trimmed_lower));
    CHECK(option_attributes({"annotation.\u043A\u043B\u044E\u0447=x"}, KeySpelling::trimmed_lower));
}

TEST_CASE("what BuildKit refuses or ignores without a word is refused with what was meant") {
    constexpr std::array<OptionKey, 7> kKeys{
        {{"scope"},
         {.name = "mode", .kind = ValueKind::choice, .choices = "min max", .empty_is_absent = true},
         {.name = "ignore-error", .kind = ValueKind::boolean},
         {.name = "force", .kind = ValueKind::boolean_or_empty},
         {.name = "level", .kind = ValueKind::integer},
         {.name = "timeout", .kind = ValueKind::duration},
         {"tag"}}};
    struct Row {
        Attributes given;
        Attributes checked;
        std::string fix;
    };
    const std::vector<Row> rows{
        {{{"scope", "x"}}, {{"scope", "x"}}, ""},
        {{{"scope", ""}}, {{"scope", ""}}, ""},
        {{{"unheard-of", "x"}}, {{"unheard-of", "x"}}, ""},
        {{{"mode", "max"}}, {{"mode", "max"}}, ""},
        {{{"mode", ""}}, {}, ""},
        {{{"ignore-error", "T"}}, {{"ignore-error", "true"}}, ""},
        {{{"ignore-error", "0"}}, {{"ignore-error", "false"}}, ""},
        {{{"force", ""}}, {{"force", "true"}}, ""},
        {{{"level", "-3"}}, {{"level", "-3"}}, ""},
        {{{"timeout", "1h30m"}}, {{"timeout", "1h30m"}}, ""},
        {{{"timeout", "1.5s"}}, {{"timeout", "1.5s"}}, ""},
        {{{"timeout", "0"}}, {{"timeout", "0"}}, ""},
        {{{"scop", "x"}}, {}, "scope"},
        {{{" scope", "x"}}, {}, "scope"},
        {{{"SCOPE", "x"}}, {}, "scope"},
        {{{"ignore_error", "x"}}, {}, "ignore-error"},
        {{{"ignroe-error", "x"}}, {}, "ignore-error"},
        {{{" unheard-of", "x"}}, {}, "blanks"},
        {{{"mode", "maxx"}}, {}, "mode=max"},
        {{{"mode", "Max"}}, {}, "mode=max"},
        {{{"mode", "all"}}, {}, "min, max"},
        {{{"ignore-error", "yes"}}, {}, "ignore-error=true"},
        {{{"ignore-error", " true"}}, {}, "ignore-error=true"},
        {{{"ignore-error", ""}}, {}, "ignore-error=true"},
        {{{"level", "x"}}, {}, ""},
        {{{"level", ""}}, {}, ""},
        {{{"level", "1.5"}}, {}, ""},
        {{{"timeout", "10"}}, {}, "90s"},
        {{{"timeout", ""}}, {}, "90s"},
        {{{"timeout", "1x"}}, {}, "90s"},
        {{{"timeout", ".s"}}, {}, "90s"},
        {{{"timeout", "1.2.3s"}}, {}, "90s"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.given.begin()->key, row.given.begin()->value);
        const bool refused =
            row.checked == Attributes{} && row.given.begin()->value + row.given.begin()->key != "mode";
        const Result<Attributes> checked = check_attributes(row.given, kKeys);
        REQUIRE(checked.has_value() == !refused);
        if (checked) CHECK(*checked == row.checked);
        if (!checked) CHECK(checked.error().fix.contains(row.fix));
    }
}

TEST_CASE("a slip is one edit away from a short word, two from a long one") {
    constexpr std::array<std::string_view, 4> kWords{"gha", "registry", "s3", "inline"};
    const auto [word, meant] = GENERATE(table<std::string, std::string>({
        {"gha", "gha"},
        {" GHA ", "gha"},
        {"gah", "gha"},
        {"ga", ""},
        {"ghaa", "gha"},
        {"ghi", "gha"},
        {"hag", ""},
        {"regsitry", "registry"},
        {"registrie", "registry"},
        {"regist", "registry"},
        {"regis", ""},
        {"s4", ""},
        {"S3", "s3"},
        {"inlin", "inline"},
        {"", ""},
    }));
    CAPTURE(word);
    CHECK(nearest(word, kWords) == meant);
    CHECK(nearest(std::string(100'000, 'a'), kWords).empty());
}

TEST_CASE("an entry is shown up to what may be a secret") {
    const auto [entry, shown] = GENERATE(table<std::string, std::string>({
        {"type=gha,scope=x", "type=gha,scope=x"},
        {"type=gha,token=hunter2", "type=gha,…"},
        {"type=s3,bucket=x,SECRET_access_key=hunter2,region=y", "type=s3,bucket=x,…"},
        {"access_key_id=hunter2,type=s3", "…"},
        {"x=https://user:hunter2@example.org", "…"},
        {"a\nb", "a\\x0ab"},
    }));
    CAPTURE(entry);
    CHECK(shown_entry(entry) == shown);
}

TEST_CASE("an image is named with a tag, a digest, both or neither") {
    const std::string digest = "@sha256:" + std::string(64, 'd');
    const auto [text, name, tag, has_digest, written] =
        GENERATE_COPY(table<std::string, std::string, std::string, bool, std::string>({
            {"app", "docker.io/library/app", "", false, "app"},
            {"GHCR.io/Acme/App:V1", "ghcr.io/acme/app", "V1", false, "ghcr.io/acme/app:V1"},
            {"localhost:5000/a", "localhost:5000/a", "", false, "localhost:5000/a"},
            {"localhost:5000/a:b", "localhost:5000/a", "b", false, "localhost:5000/a:b"},
            {"acme/app" + digest, "docker.io/acme/app", "", true, "acme/app" + digest},
            {"acme/app:x" + digest, "docker.io/acme/app", "x", true, "acme/app:x" + digest},
        }));
    CAPTURE(text);
    const Result<NamedImage> image = parse_named_image(text);
    REQUIRE(image);
    CHECK(image->name.string() == name);
    CHECK((image->tag ? image->tag->string() : "") == tag);
    CHECK(image->digest.has_value() == has_digest);
    CHECK(image->text == written);
    for (const char* none : {"", " app", "app ", "app:", "app:a b", "app@", "app@sha256:x", "a//b", "a:b:c"})
        CHECK_FALSE(parse_named_image(none));
}
