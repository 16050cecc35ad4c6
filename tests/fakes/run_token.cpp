#include "fakes/run_token.hpp"

#include "text/base64.hpp"
#include "text/json.hpp"
#include "text/strings.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

namespace pr_image::fakes {

namespace json = boost::json;

namespace {

std::string unpadded(std::string text) {
    while (text.ends_with('='))
        text.pop_back();
    return text;
}

std::int64_t now() {
    return std::chrono::duration_cast<std::chrono::seconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

std::string raw_hmac(std::string_view message, std::string_view key) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
         reinterpret_cast<const unsigned char*>(message.data()), message.size(), digest.data(), &size);
    return {reinterpret_cast<const char*>(digest.data()), size};
}

std::string signature(std::string_view signed_part, std::string_view key) {
    return unpadded(text::base64url_encode(raw_hmac(signed_part, key)));
}

}  // namespace

std::string hmac(std::string_view message, std::string_view key) {
    return text::base64_encode(raw_hmac(message, key));
}

std::string sign_token(const RunToken& token, std::string_view key) {
    json::array scopes;
    for (const CacheScope& scope : token.cache)
        scopes.push_back(json::object{{"Scope", scope.ref}, {"Permission", scope.permission}});
    std::string scp = fmt::format("Actions.GenericRead:{} Actions.UploadArtifacts:{}/1:Build/Build/1",
                                  token.attempt, token.attempt);
    if (token.results) scp += fmt::format(" Actions.Results:{}:{}", token.attempt, token.job);
    const json::object claims{{"nbf", now() - 60},
                              {"exp", now() + token.lifetime.count()},
                              {"iat", now()},
                              {"scp", scp},
                              {"ac", json::serialize(scopes)},
                              {"ref", token.ref},
                              {"run_id", std::to_string(token.run_id)}};
    const std::string header = unpadded(text::base64url_encode(R"({"alg":"HS256","typ":"JWT"})"));
    const std::string body = header + "." + unpadded(text::base64url_encode(json::serialize(claims)));
    return body + "." + signature(body, key);
}

std::optional<RunToken> verify_token(std::string_view text, std::string_view key) {
    const std::size_t last = text.rfind('.');
    if (last == std::string_view::npos || signature(text.substr(0, last), key) != text.substr(last + 1)) {
        return std::nullopt;
    }
    const auto decoded = text::base64url_decode(text::split(text, '.')[1]);
    const auto claims = text::parse_json(decoded.value(), "claims");
    if (text::find_json(*claims, "exp")->as_int64() <= now()) return std::nullopt;

    RunToken token{.attempt = "", .job = "", .results = false};
    token.run_id = std::stoull(text::json_string(*claims, "run_id"));
    token.ref = text::json_string(*claims, "ref");
    const std::string scp = text::json_string(*claims, "scp");
    for (const std::string_view scope : text::split(scp, ' ')) {
        const auto fields = text::split(scope, ':');
        if (fields.front() != "Actions.Results") continue;
        token.attempt = fields[1];
        token.job = fields[2];
        token.results = true;
    }
    const auto scopes = text::parse_json(text::json_string(*claims, "ac"), "scopes");
    for (const json::value& scope : scopes->as_array()) {
        token.cache.push_back({text::json_string(scope, "Scope"),
                               static_cast<int>(text::json_number(scope, "Permission").value_or(0))});
    }
    return token;
}

}  // namespace pr_image::fakes
