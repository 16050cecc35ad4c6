#include "fakes/fault.hpp"

#include <string>
#include <utility>

namespace pr_image::fakes {

namespace {

void set_length(Reply& reply, std::size_t length) {
    std::erase_if(reply.headers, [](const auto& field) { return field.first == "Content-Length"; });
    reply.headers.emplace_back("Content-Length", std::to_string(length));
}

}  // namespace

void Faults::add(Fault fault) {
    const std::lock_guard lock(mutex_);
    faults_.push_back(std::move(fault));
}

void Faults::clear() {
    const std::lock_guard lock(mutex_);
    faults_.clear();
}

std::size_t Faults::injected() const {
    const std::lock_guard lock(mutex_);
    return injected_;
}

std::optional<Fault> Faults::take(const Seen& request, bool cuts_request) {
    const std::lock_guard lock(mutex_);
    for (Fault& fault : faults_) {
        if ((fault.kind == Fault::Kind::cut_request) != cuts_request ||
            (!fault.method.empty() && fault.method != request.method) ||
            request.target.find(fault.target) == std::string::npos) {
            continue;
        }
        if (fault.skip > 0) {
            --fault.skip;
            continue;
        }
        if (fault.times == 0) continue;
        if (fault.times > 0) --fault.times;
        ++injected_;
        return fault;
    }
    return std::nullopt;
}

bool Faults::accept_body(const Seen& head) {
    return !take(head, true);
}

Reply Faults::answer(Seen& request, const std::function<Reply(Seen&)>& route) {
    const std::optional<Fault> fault = take(request, false);
    if (!fault) return route(request);
    if (fault->also) fault->also();
    switch (fault->kind) {
        case Fault::Kind::status: {
            Reply reply{.status = fault->status, .body = fault->body};
            if (fault->body.starts_with('{')) reply.headers.emplace_back("Content-Type", "application/json");
            if (!fault->retry_after.empty()) reply.headers.emplace_back("Retry-After", fault->retry_after);
            if (!fault->challenge.empty()) reply.headers.emplace_back("WWW-Authenticate", fault->challenge);
            return reply;
        }
        case Fault::Kind::lost_request:
            return {.cut_after = 0};
        case Fault::Kind::garbage:
            return {.raw = "\x15\x03\x01 this is not HTTP\r\n\r\n"};
        case Fault::Kind::hang:
            return {.hang = true};
        case Fault::Kind::expired_address:
            return {.status = 403, .body = "<Error><Code>AuthenticationFailed</Code></Error>"};
        case Fault::Kind::ignore_range: {
            Seen whole = request;
            whole.headers.remove("Range");
            whole.headers.remove("x-ms-range");
            return route(whole);
        }
        case Fault::Kind::cut_answer:
        case Fault::Kind::lost_answer: {
            Reply reply = route(request);
            reply.cut_after = fault->kind == Fault::Kind::lost_answer ? 0 : fault->bytes;
            return reply;
        }
        case Fault::Kind::delay: {
            Reply reply = route(request);
            reply.delay = fault->delay;
            reply.until = fault->until;
            return reply;
        }
        case Fault::Kind::corrupt: {
            Reply reply = route(request);
            if (!reply.body.empty()) reply.body[reply.body.size() / 2] ^= 1;
            return reply;
        }
        case Fault::Kind::cut_body: {
            Reply reply = route(request);
            reply.cut_in_body = true;
            return reply;
        }
        case Fault::Kind::wrong_length: {
            Reply reply = route(request);
            const std::size_t wrong = reply.body.empty() ? 10 : reply.body.size() / 2;
            set_length(reply, wrong);
            reply.close = true;
            return reply;
        }
        case Fault::Kind::wrong_body: {
            Reply reply = route(request);
            reply.body = fault->body;
            set_length(reply, reply.body.size());
            return reply;
        }
        case Fault::Kind::cut_request:
            break;
    }
    return route(request);
}

}  // namespace pr_image::fakes
