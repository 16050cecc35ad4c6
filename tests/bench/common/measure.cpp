#include "bench/common/measure.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace pr_image::bench {

void print(const boost::json::object& line) {
    fmt::print("{}\n", boost::json::serialize(line));
    std::fflush(stdout);
}

double rounded(double value) {
    return std::round(value * 1000) / 1000;
}

double median(std::vector<double> values) {
    std::ranges::sort(values);
    const std::size_t middle = values.size() / 2;
    return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

}  // namespace pr_image::bench
