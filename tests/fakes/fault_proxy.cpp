#include "fakes/fault_proxy.hpp"

#include "fakes/forward.hpp"

#include <fmt/format.h>

namespace pr_image::fakes {

namespace {

void replace_all(std::string& text, const std::string& from, const std::string& to) {
    for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
}

}  // namespace

FaultProxy::FaultProxy(std::uint16_t server) : FaultProxy(server, Options()) {}

FaultProxy::FaultProxy(std::uint16_t server, const Options& options)
    : server_(server),
      name_(options.name),
      tls_(options.tls.has_value()),
      front_(
          [this](Seen& request) {
              return faults.answer(request, [this](Seen& seen) { return pass_on(seen); });
          },
          ServerOptions{.tls = options.tls,
                        .accept_body = [this](const Seen& head) { return faults.accept_body(head); }}) {}

std::string FaultProxy::host() const {
    return name_.empty() ? front_.authority() : fmt::format("{}:{}", name_, front_.port());
}

std::string FaultProxy::url(const std::string& target) const {
    return fmt::format("{}://{}{}", tls_ ? "https" : "http", host(), target);
}

/// Where the server behind names itself, it means this one: clients shall never pass it by.
Reply FaultProxy::pass_on(const Seen& seen) const {
    Reply reply = forward(seen, server_);
    const std::string behind = fmt::format("http://127.0.0.1:{}", server_);
    replace_all(reply.body, behind, url(""));
    for (auto& [name, value] : reply.headers)
        replace_all(value, behind, url(""));
    return reply;
}

std::vector<std::string> FaultProxy::requests() const {
    std::vector<std::string> lines;
    for (const Seen& seen : front_.requests())
        lines.push_back(seen.method + " " + seen.target);
    return lines;
}

}  // namespace pr_image::fakes
