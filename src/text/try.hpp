#pragma once

#include <expected>
#include <utility>

/// Propagation of errors as statements. Each takes an expression of type std::expected<T, E>, evaluates it
/// once, and leaves the function with its error when there is one. The CO_ forms are for coroutines. The
/// declaration of an _ASSIGN form must hold no comma outside of parentheses; the expression may.
///
///     TRY(check(x));
///     TRY_ASSIGN(const Digest digest, Digest::parse(text));
///     CO_TRY_ASSIGN(Response response, co_await client.send(request));
///
/// They are statements of their own, not conditions: GCC 12 destroys the temporary of a `co_await` in a
/// condition twice.

#define PR_IMAGE_TRY_JOIN_(a, b) a##b
#define PR_IMAGE_TRY_NAME_(line) PR_IMAGE_TRY_JOIN_(pr_image_result_, line)

#define PR_IMAGE_TRY_(leave, result, ...)                 \
    auto result = (__VA_ARGS__);                          \
    if (!result) {                                        \
        leave std::unexpected(std::move(result).error()); \
    }                                                     \
    static_assert(true, "a semicolon ends the statement")

#define PR_IMAGE_TRY_ASSIGN_(leave, result, declaration, ...) \
    PR_IMAGE_TRY_(leave, result, __VA_ARGS__);                \
    declaration = *std::move(result)

#define TRY(...) PR_IMAGE_TRY_(return, PR_IMAGE_TRY_NAME_(__LINE__), __VA_ARGS__)
#define CO_TRY(...) PR_IMAGE_TRY_(co_return, PR_IMAGE_TRY_NAME_(__LINE__), __VA_ARGS__)
#define TRY_ASSIGN(declaration, ...) \
    PR_IMAGE_TRY_ASSIGN_(return, PR_IMAGE_TRY_NAME_(__LINE__), declaration, __VA_ARGS__)
#define CO_TRY_ASSIGN(declaration, ...) \
    PR_IMAGE_TRY_ASSIGN_(co_return, PR_IMAGE_TRY_NAME_(__LINE__), declaration, __VA_ARGS__)
