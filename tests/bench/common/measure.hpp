#pragma once

#include <boost/json/object.hpp>

#include <vector>

namespace pr_image::bench {

/// Prints a measurement as one line of JSON, at once.
void print(const boost::json::object& line);

/// Gives a value with three digits after the point.
double rounded(double value);

/// Gives the middle of at least one value; of an even count the mean of the two in the middle.
double median(std::vector<double> values);

}  // namespace pr_image::bench
