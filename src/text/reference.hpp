#pragma once

#include "text/digest.hpp"
#include "text/error.hpp"

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace pr_image::text {

/// An image's tag: `[A-Za-z0-9_][A-Za-z0-9._-]{0,127}` (OCI distribution spec, "Pulling manifests").
class Tag {
  public:
    /// Takes the text form; an Error names what is wrong with it.
    static Result<Tag> parse(std::string_view text);

    [[nodiscard]] const std::string& string() const { return text_; }
    auto operator<=>(const Tag&) const = default;

  private:
    explicit Tag(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

/// Where an image lives: a registry's host (with port) and a repository in it, without tag or digest.
class ImageName {
  public:
    /// Takes `[host[:port]/]path` in any case; letters of the path are lower-cased because
    /// `github.repository` is not. Without a host it is Docker Hub's, `docker.io`, and a path of one part is
    /// in `library/`, as docker has it. An Error says which part breaks the distribution reference grammar
    /// (path parts of `[a-z0-9]+` joined by `.`,
    /// `_`, `__` or dashes; at most 255 characters in all).
    static Result<ImageName> parse(std::string_view text);

    [[nodiscard]] const std::string& host() const { return host_; }
    [[nodiscard]] const std::string& path() const { return path_; }
    /// `host/path`, which every docker tool understands.
    [[nodiscard]] std::string string() const { return host_ + "/" + path_; }
    auto operator<=>(const ImageName&) const = default;

  private:
    ImageName(std::string host, std::string path) : host_(std::move(host)), path_(std::move(path)) {}
    std::string host_;
    std::string path_;
};

/// One image in a registry: a name with a tag, a digest, or both. At least one of them is there.
class Reference {
  public:
    /// Takes `name:tag`, `name@digest` or `name:tag@digest`; an Error names the wrong part. A bare name is
    /// refused: nothing here may mean `latest` by accident.
    static Result<Reference> parse(std::string_view text);

    Reference(ImageName image, Tag image_tag) : name_(std::move(image)), tag_(std::move(image_tag)) {}
    Reference(ImageName image, Digest image_digest)
        : name_(std::move(image)), digest_(std::move(image_digest)) {}

    [[nodiscard]] const ImageName& name() const { return name_; }
    [[nodiscard]] const std::optional<Tag>& tag() const { return tag_; }
    [[nodiscard]] const std::optional<Digest>& digest() const { return digest_; }
    /// `name[:tag][@digest]`.
    [[nodiscard]] std::string string() const;
    auto operator<=>(const Reference&) const = default;

  private:
    ImageName name_;
    std::optional<Tag> tag_;
    std::optional<Digest> digest_;
};

/// True when an image name starts with a registry's host, by docker's rule: the part before the first `/` is
/// `localhost` or has a `.`, a `:` or a `[` in it.
bool names_registry(std::string_view image);

/// Takes a registry's host (with port) alone, in any case; gives it as ImageName::host() has it. An Error
/// says that it is none, which a path or a URL is not either.
Result<std::string> parse_registry_host(std::string_view text);

/// True for `localhost`, `127.0.0.0/8` and `[::1]`, with or without a port: where docker allows plain HTTP.
bool is_loopback(std::string_view host);

}  // namespace pr_image::text

namespace pr_image {
using text::ImageName;
using text::Reference;
using text::Tag;
}  // namespace pr_image
