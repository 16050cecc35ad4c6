#include "fakes/fault_proxy.hpp"

#include "support/http_client.hpp"

#include <boost/system/system_error.hpp>

#include <array>

namespace pr_image::fakes {

FaultProxy::FaultProxy(std::uint16_t registry)
    : registry_(registry),
      front_(
          [this](Seen& request) {
              return faults.answer(request, [this](Seen& seen) { return forward(seen); });
          },
          ServerOptions{.accept_body = [this](const Seen& head) { return faults.accept_body(head); }}) {}

Reply FaultProxy::forward(const Seen& seen) const {
    support::HttpFields fields;
    for (const auto& [name, value] : seen.headers.fields()) {
        if (name != "Transfer-Encoding" && name != "Content-Length") fields.emplace_back(name, value);
    }
    support::HttpResponse answer;
    try {
        answer = support::http_request("127.0.0.1", registry_, seen.method, seen.target, fields, seen.body);
    } catch (const boost::system::system_error& unreachable) {
        return {.status = 502, .body = unreachable.what()};
    }
    Reply reply{.status = static_cast<int>(answer.status), .body = answer.body};
    static constexpr std::array kKept = {"Content-Type",
                                         "Content-Length",
                                         "Docker-Content-Digest",
                                         "Docker-Upload-UUID",
                                         "Location",
                                         "Www-Authenticate",
                                         "Range",
                                         "Link",
                                         "OCI-Subject",
                                         "Content-Range",
                                         "Docker-Distribution-Api-Version"};
    for (const char* name : kKept) {
        std::string value = answer.field(name);
        if (!value.empty()) reply.headers.emplace_back(name, std::move(value));
    }
    return reply;
}

std::vector<std::string> FaultProxy::requests() const {
    std::vector<std::string> lines;
    for (const Seen& seen : front_.requests())
        lines.push_back(seen.method + " " + seen.target);
    return lines;
}

}  // namespace pr_image::fakes
