#include "e2e/secret_masker.hpp"

#include "text/base64.hpp"
#include "text/percent.hpp"

#include <algorithm>
#include <utility>

namespace pr_image::e2e {
namespace {

std::string json_escaped(std::string_view value) {
    std::string text;
    for (const char c : value) {
        switch (c) {
            case '"':
                text += "\\\"";
                break;
            case '\\':
                text += "\\\\";
                break;
            case '\n':
                text += "\\n";
                break;
            case '\r':
                text += "\\r";
                break;
            case '\t':
                text += "\\t";
                break;
            default:
                text += c;
        }
    }
    return text;
}

}  // namespace

void SecretMasker::add(std::string_view value) {
    if (value.find_first_not_of(" \t\r\n") == std::string_view::npos) return;
    values_.emplace_back(value);
    add_forms(values_.back());
    std::size_t begin = 0;
    while (begin <= value.size()) {
        const std::size_t end = std::min(value.find_first_of("\r\n", begin), value.size());
        std::string_view line = value.substr(begin, end - begin);
        const std::size_t first = line.find_first_not_of(" \t");
        if (first != std::string_view::npos) {
            line = line.substr(first, line.find_last_not_of(" \t") - first + 1);
            add_forms(std::string(line));
        }
        begin = end + 1;
    }
}

void SecretMasker::add_forms(const std::string& value) {
    forms_.insert(value);
    for (std::size_t shift = 0; shift < 3 && shift < value.size(); ++shift) {
        forms_.insert(text::base64_encode(std::string_view(value).substr(shift)));
    }
    forms_.insert(json_escaped(value));
    forms_.insert(text::percent_encode(value));
}

std::string SecretMasker::mask(std::string_view text) const {
    std::vector<std::pair<std::size_t, std::size_t>> hits;
    for (const auto& form : forms_) {
        for (std::size_t at = text.find(form); at != std::string_view::npos; at = text.find(form, at + 1)) {
            hits.emplace_back(at, at + form.size());
        }
    }
    std::ranges::sort(hits);
    std::string masked;
    std::size_t done = 0;
    for (std::size_t i = 0; i < hits.size();) {
        auto [begin, end] = hits[i];
        for (++i; i < hits.size() && hits[i].first <= end; ++i) {
            end = std::max(end, hits[i].second);
        }
        masked.append(text.substr(done, begin - done)).append("***");
        done = end;
    }
    masked.append(text.substr(done));
    return masked;
}

}  // namespace pr_image::e2e
