#include "actions/redactor.hpp"

#include "text/base64.hpp"
#include "text/percent.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <string>

using pr_image::actions::Redactor;
using pr_image::text::base64_encode;

TEST_CASE("a secret and its encodings are hidden") {
    Redactor redactor;
    redactor.add("p@ss w0rd!");
    CHECK(redactor.redact("use p@ss w0rd! now") == "use *** now");
    CHECK(redactor.redact("https://x/?p=p%40ss%20w0rd%21&q=1") == "https://x/?p=***&q=1");
    CHECK(redactor.redact("nothing here") == "nothing here");
}

TEST_CASE("a secret is hidden in base64 wherever it starts in the encoded bytes") {
    Redactor redactor;
    const std::string secret = "ghs_16C7e42F292c6912E7710c838347Ae178B4a";
    redactor.add(secret);
    for (const std::string user : {"", "a:", "ab:", "abc:", "x-access-token:"}) {
        for (const std::string after : {"", "\n", "!!", "..."}) {
            const std::string shown =
                redactor.redact(base64_encode(std::string(user).append(secret).append(after)));
            CAPTURE(user, after, shown);
            CHECK(shown.find("***") != std::string::npos);
            CHECK(shown.size() < 40);
        }
    }
}

TEST_CASE(
    "a secret of quotes, percent signs, line breaks and bytes that base64 writes in two ways is hidden") {
    const std::string secret =
        "l\"1 %41\\\t\xfb\xff\xfe?"
        "?>>\nline two: {\"k\": 'v'} ~~~";
    Redactor redactor;
    redactor.add(secret);
    for (const std::string& shape : {
             secret,
             base64_encode(secret),
             base64_encode("u:" + secret),
             pr_image::text::base64url_encode("ab" + secret),
             pr_image::text::percent_encode(secret),
             std::string("l%221+%2541%5C%09%FB%FF%FE%3F%3F%3E%3E%0Aline+two%3A+%7B%22k%22%3A+%27v%27%7D+~~~"),
             std::string("l\\\"1 %41\\\\\\t\xfb\xff\xfe?"
                         "?>>\\nline two: {\\\"k\\\": 'v'} ~~~"),
             std::string("line two: {\\\"k\\\": 'v'} ~~~"),
         }) {
        CAPTURE(shape);
        const std::string shown = redactor.redact("<" + shape + ">");
        CHECK(shown.find("***") != std::string::npos);
        CHECK(shown.size() <= 12);
    }
}

TEST_CASE("a secret of several lines is hidden in the lines into which base64 is wrapped") {
    const std::string secret =
        "-----BEGIN KEY-----\nMIIEpAIBAAKCAQEA/one==\n\"quoted\" 100%41 'single' $(id)\n"
        "and a line that is longer than all of the lines before it, to be cut in two\n-----END KEY-----";
    Redactor redactor;
    redactor.add(secret);
    const std::string encoded = base64_encode(secret);
    for (const std::size_t width : {64U, 76U}) {
        for (std::size_t at = 0; at < encoded.size(); at += width) {
            const std::string shown = redactor.redact(encoded.substr(at, width));
            CAPTURE(width, at, shown);
            CHECK(shown.size() < 12);
        }
    }
}

TEST_CASE("every line of a secret is hidden, but not its braces") {
    Redactor redactor;
    const auto forms = redactor.add("{\n  \"key\": \"value-1234\"\n}\n");
    CHECK(redactor.redact("read \"key\": \"value-1234\" from }") == "read *** from }");
    CHECK(std::ranges::find(forms, "}") == forms.end());
    CHECK(redactor.redact("a{\n  \"key\": \"value-1234\"\n}\nb") == "a***b");
}

TEST_CASE("overlapping secrets leave no rest of either") {
    Redactor redactor;
    redactor.add("abcdef");
    redactor.add("defghi");
    redactor.add("abcdefgh");
    CHECK(redactor.redact("<abcdefghi>") == "<***>");
    CHECK(redactor.redact("abcdefabcdef") == "***");
}

TEST_CASE("white space is no secret, and a known form is given only once") {
    Redactor redactor;
    CHECK(redactor.add("").empty());
    CHECK(redactor.add(" \n").empty());
    CHECK_FALSE(redactor.add("secret").empty());
    CHECK(redactor.add("secret").empty());
}
