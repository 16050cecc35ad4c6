#include "http/message.hpp"

namespace pr_image::http {

std::string_view to_string(Method method) {
    switch (method) {
        case Method::get:
            return "GET";
        case Method::head:
            return "HEAD";
        case Method::post:
            return "POST";
        case Method::put:
            return "PUT";
        case Method::patch:
            return "PATCH";
        case Method::delete_:
            return "DELETE";
    }
    return "GET";
}

bool is_idempotent(Method method) {
    return method != Method::post && method != Method::patch;
}

}  // namespace pr_image::http
