#include "fuzz/fuzz.hpp"
#include "http/headers.hpp"
#include "registry/challenge.hpp"
#include "registry/manifest.hpp"

namespace pr_image::fuzz {

// A registry may answer anything.
void try_input(std::string_view input) {
    (void)registry::parse_challenges(input);
    (void)registry::parse_token(input);
    (void)registry::parse_manifest(input);
    (void)registry::parse_index(input);
    (void)registry::parse_image_config(input);
    (void)http::parse_links(input);
}

}  // namespace pr_image::fuzz
