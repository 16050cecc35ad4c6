#include "fakes/fault.hpp"

#include <utility>

namespace pr_image::fakes {

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
    switch (fault->kind) {
        case Fault::Kind::status: {
            Reply reply{.status = fault->status, .body = fault->body};
            if (fault->body.starts_with('{')) reply.headers.emplace_back("Content-Type", "application/json");
            if (!fault->retry_after.empty()) reply.headers.emplace_back("Retry-After", fault->retry_after);
            return reply;
        }
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
        case Fault::Kind::cut_request:
            break;
    }
    return route(request);
}

}  // namespace pr_image::fakes
