#pragma once

#include "text/error.hpp"

#include <expected>
#include <functional>
#include <type_traits>
#include <utility>

namespace pr_image::text {

/// std::expected::transform_error(), which GCC 12's library lacks: takes an outcome and what makes another
/// error of its error; gives the same value, or that error.
template <typename T, typename E, typename F>
std::expected<T, std::invoke_result_t<F, E>> map_error(std::expected<T, E> outcome, F&& make_error) {
    if (!outcome)
        return std::unexpected(std::invoke(std::forward<F>(make_error), std::move(outcome).error()));
    if constexpr (std::is_void_v<T>) {
        return {};
    } else {
        return *std::move(outcome);
    }
}

/// Takes an outcome whose failure has a kind beside its Error; gives the Result with the Error alone.
template <typename T, typename Failure>
Result<T> without_kind(std::expected<T, Failure> outcome) {
    return map_error(std::move(outcome), [](Failure failure) -> Error { return std::move(failure.error); });
}

}  // namespace pr_image::text
