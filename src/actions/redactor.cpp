#include "actions/redactor.hpp"

#include "text/secret_forms.hpp"

#include <algorithm>
#include <utility>

namespace pr_image::actions {

std::vector<std::string> Redactor::add(std::string_view secret) {
    std::vector<std::string> fresh;
    for (std::string& form : text::secret_forms(secret)) {
        if (std::ranges::find(forms_, form) != forms_.end()) continue;
        forms_.push_back(form);
        fresh.push_back(std::move(form));
    }
    return fresh;
}

std::string Redactor::redact(std::string_view text) const {
    std::vector<std::pair<std::size_t, std::size_t>> hidden;
    for (const std::string& form : forms_) {
        for (std::size_t at = text.find(form); at != std::string_view::npos; at = text.find(form, at + 1)) {
            hidden.emplace_back(at, at + form.size());
        }
    }
    if (hidden.empty()) return std::string(text);
    std::ranges::sort(hidden);

    std::string shown;
    std::size_t done = 0;
    for (auto at = hidden.begin(); at != hidden.end();) {
        auto [begin, end] = *at;
        for (++at; at != hidden.end() && at->first <= end; ++at)
            end = std::max(end, at->second);
        shown += text.substr(done, begin - done);
        shown += "***";
        done = end;
    }
    shown += text.substr(done);
    return shown;
}

}  // namespace pr_image::actions
