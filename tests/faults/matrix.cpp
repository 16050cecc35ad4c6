#include "faults/matrix.hpp"

#include "faults/virtual_time.hpp"
#include "support/files.hpp"

#include <catch2/catch_test_macros.hpp>
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <netdb.h>

namespace pr_image::faults {

namespace {

constexpr bool kLasting[] = {false, true};

std::string challenge_of(const fakes::FaultProxy& server) {
    return fmt::format(R"(Bearer realm="{}",service="ghcr.io")", server.url("/token"));
}

/// The last line of the summary of a run that failed is what the user can do; before it is why.
void check_words(const commands::Run& run) {
    const std::string& summary = run.summary;
    INFO(summary);
    const std::size_t why = summary.find("```");
    const std::size_t end = why == std::string::npos ? why : summary.find("```", why + 3);
    CHECK(summary.contains("### "));
    CHECK(end != std::string::npos);
    CHECK(end - why > 20);
    CHECK(summary.find_last_not_of("\n `") > end);
}

void play_cell(const Scenario& scenario, const Phase& phase, const Trouble& trouble, bool lasting) {
    names::reset();
    const std::unique_ptr<Scene> scene = scenario.make();
    fakes::FaultProxy& server = scene->server(phase.host);
    if (!phase.held_up.empty()) {
        server.faults.add({.kind = fakes::Fault::Kind::delay,
                           .method = "GET",
                           .target = std::string(phase.held_up),
                           .delay = std::chrono::seconds(3)});
    }
    fakes::Fault fault = trouble.fault;
    fault.method = phase.method;
    fault.target = phase.target;
    fault.skip = phase.skip;
    if (trouble.family == Family::unauthorized) fault.challenge = challenge_of(server);
    fault.times = lasting ? -1 : 1;
    if (trouble.after) {
        fault.also = [host = std::string(phase.host), after = *trouble.after, lasting]() mutable {
            after.times = lasting ? -1 : 1;
            names::trouble(host, after);
        };
    }
    server.faults.add(fault);
    const commands::Run run = scene->run(phase.inputs);
    const std::size_t hits = server.faults.injected() + names::troubled() - (phase.held_up.empty() ? 0 : 1);
    INFO(run.log);
    INFO("hits: " << hits << ", seconds: " << run.took.count());
    CHECK(hits >= (trouble.after ? 2U : 1U));
    CHECK(run.took < phase.deadline);

    const Endings endings = phase.endings(trouble.family);
    const Ending ending = lasting ? endings.lasting : endings.once;
    CHECK(run.status == (ending == Ending::error ? 1 : 0));
    CHECK(run.errors() == (ending == Ending::error ? 1U : 0U));
    if (ending == Ending::error) check_words(run);
    scene->check(run, ending, hits);
}

}  // namespace

Endings Phase::endings(Family family) const {
    switch (family) {
        case Family::passing:
            return passing;
        case Family::gone:
            return gone.value_or(passing);
        case Family::silence:
            return silence.value_or(passing);
        case Family::limited:
            return limited.value_or(passing);
        case Family::unheard:
            return unheard.value_or(passing);
        case Family::cut_body:
            return bodiless ? Endings{} : unheard.value_or(passing);
        case Family::untrusted:
            return untrusted;
        case Family::wrong_length:
            return wrong_length;
        case Family::wrong_body:
            return wrong_body;
        case Family::unauthorized:
            return unauthorized;
        case Family::forbidden:
            return forbidden;
    }
    return {};
}

void trust_authority(commands::RunWorld& world) {
    const std::string file = (world.folder.path() / "ca.pem").string();
    support::write_file(file, authority().certificate());
    world.variables["SSL_CERT_FILE"] = file;
}

std::vector<Scenario> scenarios() {
    return {build_scenario(),        upload_scenario(), pull_scenario(),           artifact_scenario(),
            pull_request_scenario(), merge_scenario(),  github_cleanup_scenario(), oci_cleanup_scenario()};
}

std::size_t cells(const Scenario& scenario) {
    return scenario.phases.size() * troubles().size() * std::size(kLasting);
}

void play_without_names(const Scenario& scenario) {
    const VirtualTime time;
    INFO(scenario.name);
    names::reset();
    const std::unique_ptr<Scene> scene = scenario.make();
    for (const Phase& phase : scenario.phases) {
        names::trouble(std::string(phase.host),
                       {.error = EAI_AGAIN, .times = -1, .lasting = std::chrono::seconds(10)});
    }
    const commands::Run run = scene->run({});
    INFO(run.log);
    INFO("look-ups: " << names::troubled() << ", seconds: " << run.took.count());
    CHECK(names::troubled() > 1);
    CHECK(run.took >= std::chrono::seconds(10));
    CHECK(run.status == 0);
    CHECK(run.errors() == 0);
    scene->check(run, Ending::success, 0);
}

void play(const Scenario& scenario) {
    const VirtualTime time;
    std::size_t played = 0;
    for (const Phase& phase : scenario.phases) {
        for (const Trouble& trouble : troubles()) {
            for (const bool lasting : kLasting) {
                INFO(scenario.name << ": " << phase.name << ": " << trouble.name
                                   << (lasting ? ", for good" : ", once"));
                play_cell(scenario, phase, trouble, lasting);
                ++played;
            }
        }
    }
    fmt::print("{}: {} faults in {} phases\n", scenario.name, played, scenario.phases.size());
    CHECK(played == cells(scenario));
}

}  // namespace pr_image::faults
