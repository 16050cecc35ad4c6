#include "fakes/twirp.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <map>

namespace pr_image::fakes {

namespace json = boost::json;

Reply twirp_error(std::string_view code, std::string_view message) {
    static const std::map<std::string_view, int> statuses{
        {"invalid_argument", 400}, {"unauthenticated", 401}, {"permission_denied", 403},   {"not_found", 404},
        {"bad_route", 404},        {"already_exists", 409},  {"failed_precondition", 412},
    };
    return {.status = statuses.at(code),
            .headers = {{"Content-Type", "application/json"}},
            .body = json::serialize(json::object{{"code", code}, {"msg", message}})};
}

Reply twirp_reply(const json::value& body) {
    return {.headers = {{"Content-Type", "application/json"}}, .body = json::serialize(body)};
}

std::string twirp_field(const json::value& message, std::string_view snake_name) {
    const json::object* object = message.if_object();
    if (object == nullptr) return {};
    std::string camel_name;
    bool upper = false;
    for (const char c : snake_name) {
        if (c != '_') camel_name += upper ? static_cast<char>(c - 'a' + 'A') : c;
        upper = c == '_';
    }
    const json::value* found = object->if_contains(snake_name);
    if (found == nullptr) found = object->if_contains(camel_name);
    if (found == nullptr || found->is_null()) return {};
    return found->is_string() ? std::string(found->as_string()) : json::serialize(*found);
}

}  // namespace pr_image::fakes
