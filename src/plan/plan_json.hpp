#pragma once

#include "plan/facts.hpp"
#include "plan/plan.hpp"

#include <boost/json/object.hpp>

#include <string>

namespace pr_image::plan {

/// Gives the plan in the shape of README, "The plan", without `argv`, which is docker/'s to say, and without
/// any secret's value.
boost::json::object to_json(const Plan& plan);

/// Gives the facts a plan was made from.
boost::json::object to_json(const Facts& facts);

/// Gives 64 hex digits over everything that makes the image what it is: sources, names, arguments, labels,
/// but not the time, the run or the caches. Two plans with one hash build the same image.
std::string plan_hash(const Plan& plan, const std::string& workspace);

}  // namespace pr_image::plan
