// How long a decision takes where it is largest. Prints JSON lines; nothing here passes or fails.
//   scripts/bench planning [N]      N decisions of each case (default 500)
//
// A decision is everything between the raw inputs and the plan: parsing them, with their regular expressions,
// templates and lists, and decide(). The largest case has every type of rule with every attribute, ten
// images, and hundreds of labels, annotations and build arguments.

#include "plan/decide.hpp"
#include "plan/inputs.hpp"
#include "plan/names/metadata_context.hpp"
#include "plan/parse_inputs.hpp"
#include "plan/who/event.hpp"
#include "support/text_paths.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace pr_image::bench {
namespace {

std::string lines(int count, std::string_view format) {
    std::string text;
    for (int i = 0; i < count; ++i)
        text += fmt::format(fmt::runtime(format), i) + "\n";
    return text;
}

plan::InputMap largest_inputs() {
    std::string rules;
    for (int i = 0; i < 20; ++i) {
        rules += fmt::format(
            "type=schedule,pattern={{{{date 'YYYYMMDD'}}}}-{0}\n"
            "type=semver,pattern={{{{version}}}},suffix=-{0}\n"
            "type=semver,pattern={{{{major}}}}.{{{{minor}}}},prefix=s{0}-,priority=95{0}\n"
            "type=pep440,pattern={{{{major}}}},suffix=-p{0}\n"
            "type=match,pattern=/^v(?<major>\\d+)\\.(\\d+)(?=\\.\\d)/i,group=1,suffix=-m{0}\n"
            "type=edge,branch=main,suffix=-{0}\n"
            "type=ref,event=tag,suffix=-{0}\n"
            "type=raw,value={{{{sha}}}}-{{{{date 'YYYY-MM-DD[T]HHmmss'}}}}-{0}\n"
            "type=sha,format=long,prefix=g{0}-,enable={{{{is_not_default_branch}}}}\n",
            i);
    }
    return {{"command", "plan"},
            {"images", lines(10, "registry-{}.example.com/acme/app")},
            {"tags", rules},
            {"flavor", "latest=auto\nprefix=v-,onlatest=true"},
            {"labels", lines(200, "com.example.label-{}={{{{tag}}}} of {{{{sha}}}}")},
            {"annotations", lines(100, "com.example.annotation-{}={{{{tag}}}}")},
            {"build-args", lines(200, "ARGUMENT_{0}=value {0}")},
            {"secrets", lines(50, "secret-{0}=value-{0}")},
            {"platforms", "linux/amd64,linux/arm64,linux/arm/v7,linux/ppc64le,linux/s390x"},
            {"probe", "false"}};
}

double median_milliseconds(const plan::Event& event, const plan::InputMap& raw, int count) {
    using Clock = std::chrono::steady_clock;
    std::vector<double> times;
    const plan::Facts facts{.now = "2026-01-02T03:04:05Z"};
    for (int i = 0; i < count; ++i) {
        const auto start = Clock::now();
        const Result<plan::Inputs> inputs = plan::parse_inputs(raw, {}, support::TextPaths("/workspace"));
        const Result<plan::Plan> decided =
            inputs ? plan::decide(event, *inputs, facts) : std::unexpected(inputs.error());
        times.push_back(std::chrono::duration<double, std::milli>(Clock::now() - start).count());
        if (!decided) {
            fmt::print(stderr, "{}\n", text::to_string(decided.error()));
            std::exit(1);
        }
    }
    std::ranges::nth_element(times, times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2));
    return times[times.size() / 2];
}

int run(int count) {
    const Result<plan::Event> event =
        plan::parse_event({.event_name = "push",
                           .payload = R"({"repository":{"id":1,"default_branch":"main"}})",
                           .repository = "acme/app",
                           .repository_id = "1",
                           .ref = "refs/tags/v1.2.3",
                           .sha = std::string(40, '3'),
                           .actor = "mona",
                           .run_id = "5",
                           .run_attempt = "1",
                           .server_url = "https://github.com",
                           .workspace = "/workspace"});
    if (!event) {
        fmt::print(stderr, "{}\n", text::to_string(event.error()));
        return 1;
    }
    const std::pair<std::string_view, plan::InputMap> cases[] = {{"no inputs", {}},
                                                                 {"largest", largest_inputs()}};
    for (const auto& [name, raw] : cases) {
        fmt::print("{{\"bench\":\"planning\",\"case\":\"{}\",\"runs\":{},\"median_ms\":{:.3f}}}\n", name,
                   count, median_milliseconds(*event, raw, count));
    }
    return 0;
}

}  // namespace
}  // namespace pr_image::bench

int main(int argc, char** argv) {
    const int count = argc > 1 ? std::atoi(argv[1]) : 500;
    return pr_image::bench::run(std::max(count, 1));
}
