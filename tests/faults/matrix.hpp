#pragma once

#include "fakes/fault_proxy.hpp"
#include "faults/trouble.hpp"
#include "unit/commands/run_world.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pr_image::faults {

/// How a run ends.
enum class Ending {
    success,    ///< as if nothing had happened
    other_way,  ///< in success, by a way that the scene knows
    error,      ///< with one error, and nothing half done
};

/// What a phase makes of a trouble that comes once, and of one that stays.
struct Endings {
    Ending once = Ending::success;
    Ending lasting = Ending::success;
};

/// A kind of request that a command sends, and what becomes of the run when it meets each kind of trouble.
struct Phase {
    std::string_view name;
    std::string_view host;  ///< of the server that it goes to
    std::string_view method;
    std::string_view target;  ///< is part of the request's target
    int skip = 0;             ///< so many requests that fit are let through first
    Endings passing{};
    std::optional<Endings> gone{};     ///< where it is not as `passing`
    std::optional<Endings> limited{};  ///< where it is not as `passing`
    std::optional<Endings> unheard{};  ///< where it is not as `passing`
    std::optional<Endings> silence{};  ///< where it is not as `passing`
    Endings untrusted{};
    Endings wrong_length{};
    Endings wrong_body{};
    Endings unauthorized{};
    Endings forbidden{};
    std::map<std::string, std::string> inputs{};  ///< beside those of the scene
    std::string_view
        held_up{};          ///< the first GET of this takes 3 s, by which all that goes on beside is over
    bool bodiless = false;  ///< the answer has no body that could be cut
    std::chrono::seconds deadline{120};

    [[nodiscard]] Endings endings(Family family) const;
};

/// One run of a command in a world of its own.
class Scene {
  public:
    virtual ~Scene() = default;
    virtual fakes::FaultProxy& server(std::string_view host) = 0;
    virtual commands::Run run(const std::map<std::string, std::string>& inputs) = 0;
    [[nodiscard]] virtual const commands::RunWorld& world() const = 0;
    /// Checks by Catch2's means that everything is where the ending says, and nothing is where it should not
    /// be. `hits` is how often the trouble was met.
    virtual void check(const commands::Run& run, Ending ending, std::size_t hits) = 0;
};

struct Scenario {
    std::string_view name;
    std::vector<Phase> phases;
    std::function<std::unique_ptr<Scene>()> make;
};

/// How many cells its phases make with all troubles, once and lasting.
std::size_t cells(const Scenario& scenario);

/// Plays every cell.
void play(const Scenario& scenario);

/// Plays the scenario's run with a name service that is away for its first ten seconds.
void play_without_names(const Scenario& scenario);

/// Every scenario there is.
std::vector<Scenario> scenarios();
Scenario build_scenario();
Scenario upload_scenario();
Scenario pull_scenario();
Scenario artifact_scenario();
Scenario pull_request_scenario();
Scenario merge_scenario();
Scenario github_cleanup_scenario();
Scenario oci_cleanup_scenario();

/// Lets the program trust the servers of the scenes.
void trust_authority(commands::RunWorld& world);

}  // namespace pr_image::faults
