#include "unit/docker/failure_texts.hpp"

using namespace pr_image;
using docker::check_texts;
using Kind = docker::FailureKind;
using Cause = docker::FailureCause;

namespace {

const std::string kSolve = "failed to build: failed to solve: ";

std::string push(const std::string& name, const std::string& words) {
    return kSolve + "failed to push " + name + ": " + words;
}

std::string pull(const std::string& name, const std::string& words) {
    return kSolve + name + ": failed to resolve source metadata for " + name + ": " + words;
}

}  // namespace

TEST_CASE("GHCR's refusals name the permission, the role, the scope or the owner's setting") {
    const auto ghcr = [](const std::string& words) { return push("ghcr.io/acme/app:pr-7", words); };
    check_texts({
        {ghcr("denied: permission_denied: write_package"), Kind::push, Cause::lasting, "packages: write"},
        {ghcr("unexpected status from POST request to https://ghcr.io/v2/acme/app/blobs/uploads/: 403 "
              "Forbidden: denied: "
              "permission_denied: write_package"),
         Kind::push, Cause::lasting, "Manage Actions access"},
        {ghcr("denied: installation not allowed to Create organization package"), Kind::push, Cause::lasting,
         "organization does not let", "packages: write"},
        {ghcr("denied: permission_denied: create_package"), Kind::push, Cause::lasting, "organization"},
        {ghcr("denied: Resource protected by organization SAML enforcement. You must grant your OAuth token "
              "access to this "
              "organization."),
         Kind::push, Cause::lasting, "single sign-on", "Manage Actions access"},
        {ghcr("denied: permission_denied: The token provided does not match expected scopes."), Kind::push,
         Cause::lasting, "write:packages"},
        {ghcr("denied: permission_denied: The requested installation does not exist."), Kind::push,
         Cause::lasting, "Manage Actions access"},
        {ghcr("unauthorized: unauthenticated: User cannot be authenticated with the token provided."),
         Kind::push, Cause::lasting, "empty or expired"},
        {ghcr("failed to authorize: failed to fetch oauth token: unexpected status from GET request to "
              "https://ghcr.io/token?scope=repository%3Aacme: 403 Forbidden: denied: denied"),
         Kind::push, Cause::lasting, "packages: write"},
        {ghcr("denied: denied"), Kind::push, Cause::lasting, "packages: write"},
        {ghcr("unexpected status from HEAD request to https://ghcr.io/v2/acme/app/blobs/sha256:1: 403 "
              "Forbidden"),
         Kind::push, Cause::lasting, "packages: write"},
        {ghcr("toomanyrequests: retry-after: 1.5s, allowed: 44000/minute"), Kind::push, Cause::rate_limit,
         "fewer jobs", "docker.io"},
        {pull("ghcr.io/acme/base:1",
              "unexpected status from HEAD request to https://ghcr.io/v2/acme/base/manifests/1: 403 "
              "Forbidden"),
         Kind::base_image, Cause::lasting, "registry-auth"},
        {pull("ghcr.io/acme/base:1",
              "failed to authorize: failed to fetch anonymous token: unexpected status from GET request to "
              "https://ghcr.io/token: 401 Unauthorized"),
         Kind::base_image, Cause::lasting, "private"},
        {pull("ghcr.io/acme/base:1", "ghcr.io/acme/base:1: not found"), Kind::base_image, Cause::lasting,
         "name and tag"},
        {pull("ghcr.io/acme/base:1", "denied: permission_denied: read_package"), Kind::base_image,
         Cause::lasting, "does not exist there, or is private"},
    });
}

TEST_CASE("Docker Hub's refusals tell a limit from a private image and from a missing repository") {
    check_texts({
        {pull("docker.io/library/node:22",
              "failed to copy: httpReadSeeker: failed open: unexpected status code "
              "https://registry-1.docker.io/v2/library/node/manifests/sha256:1: 429 Too Many Requests - "
              "Server message: toomanyrequests: You have reached your unauthenticated pull rate limit. "
              "https://www.docker.com/increase-rate-limit"),
         Kind::base_image, Cause::rate_limit, "registry=docker.io", "name and tag"},
        {pull("docker.io/library/node:22",
              "unexpected status from HEAD request to "
              "https://registry-1.docker.io/v2/library/node/manifests/22: 429 Too Many "
              "Requests toomanyrequests: You have reached your pull rate limit."),
         Kind::base_image, Cause::rate_limit, "limits how many"},
        {"failed to build: Error response from daemon: failed to resolve reference "
         "\"docker.io/moby/buildkit:buildx-stable-1\": unexpected status from HEAD request to "
         "https://registry-1.docker.io/v2/moby/buildkit/manifests/buildx-stable-1: 429 Too Many Requests",
         Kind::other, Cause::rate_limit, "registry=docker.io"},
        {pull("docker.io/acme/private:1",
              "pull access denied, repository does not exist or may require authorization: server message: "
              "insufficient_scope: "
              "authorization failed"),
         Kind::base_image, Cause::lasting, "does not exist there, or is private"},
        {pull("docker.io/library/biulder:latest",
              "pull access denied, repository does not exist or may require authorization: server message: "
              "insufficient_scope: "
              "authorization failed"),
         Kind::base_image, Cause::lasting, "names a stage"},
        {push("docker.io/acme/app:1",
              "push access denied, repository does not exist or may require authorization: server message: "
              "insufficient_scope: authorization failed"),
         Kind::push, Cause::lasting, "Docker Hub refuses", "packages: write"},
        {push("docker.io/acme/app:1", "denied: requested access to the resource is denied"), Kind::push,
         Cause::lasting, "Docker Hub refuses", "packages: write"},
        {push("docker.io/acme/app:1",
              "failed to authorize: failed to fetch oauth token: unexpected status from POST request to "
              "https://auth.docker.io/token: 401 Unauthorized: incorrect username or password"),
         Kind::push, Cause::lasting, "empty or expired"},
        {push("docker.io/acme/app:1", "server message: insufficient_scope: authorization failed"), Kind::push,
         Cause::lasting, "Read & Write"},
    });
}

TEST_CASE("other registries' refusals say what that registry wants") {
    const std::string ecr = "1.dkr.ecr.eu-west-1.amazonaws.com/app:1";
    const std::string gar = "europe-docker.pkg.dev/p/r/app:1";
    check_texts({
        {push(ecr,
              "unexpected status from HEAD request to "
              "https://1.dkr.ecr.eu-west-1.amazonaws.com/v2/app/blobs/sha256:1: 403 "
              "Forbidden: no basic auth credentials"),
         Kind::push, Cause::lasting, "registry-auth", "packages: write"},
        {push(ecr, "no basic auth credentials"), Kind::push, Cause::lasting, "registry-auth"},
        {push(ecr, "denied: Your authorization token has expired. Reauthenticate and try again."), Kind::push,
         Cause::lasting, "has expired", "packages: write"},
        {push(ecr, "name unknown: The repository with name 'app' does not exist in the registry with id '1'"),
         Kind::push, Cause::lasting, "Create this one first"},
        {push(ecr,
              "tag invalid: The image tag '1' already exists in the 'app' repository and cannot be "
              "overwritten because the "
              "repository is immutable."),
         Kind::push, Cause::lasting, "does not let a tag move"},
        {push(gar, "denied: Permission \"artifactregistry.repositories.uploadArtifacts\" denied on resource"),
         Kind::push, Cause::lasting, "packages: write"},
        {push(gar,
              "denied: Permission artifactregistry.repositories.uploadArtifacts denied on resource (or it "
              "may not exist)"),
         Kind::push, Cause::lasting, "Artifact Registry Writer"},
        {push("registry.gitlab.com/a/b:1", "denied: Quota exceeded"), Kind::push, Cause::lasting, "used up"},
        {push("quay.io/a/b:1", "unauthorized: access to the requested resource is not authorized"),
         Kind::push, Cause::lasting, "credentials"},
        {push("r.example/a/b:1", "unauthorized: authentication required"), Kind::push, Cause::lasting,
         "wants a login"},
        {push("r.example/a/b:1",
              "unexpected status from PUT request to https://r.example/v2/a/b/manifests/1: 500 Internal "
              "Server "
              "Error"),
         Kind::push, Cause::server, "run the job again"},
        {push("r.example/a/b:1",
              "unexpected status from PUT request to https://r.example/v2/a/b/blobs/uploads/1: 413 Request "
              "Entity "
              "Too Large"),
         Kind::push, Cause::lasting},
        {push("r.example/a/b:1", "unexpected commit digest sha256:1, expected sha256:2: failed precondition"),
         Kind::push, Cause::corrupted, "changes what it sends"},
    });
}

TEST_CASE(
    "TLS and transport say whether the clock, the certificate, the scheme or the proxy is to be looked at") {
    const auto head = [](const std::string& words) {
        return push("r.example/a:1",
                    "failed to do request: Head \"https://r.example/v2/a/blobs/sha256:1\": " + words);
    };
    check_texts({
        {head("tls: failed to verify certificate: x509: certificate signed by unknown authority"), Kind::push,
         Cause::lasting, "buildkitd-config", "clock"},
        {head("x509: certificate signed by unknown authority"), Kind::push, Cause::lasting, "certs.d"},
        {head("tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current "
              "time "
              "2026-11-21T08:00:00Z is after 2026-11-20T00:00:00Z"),
         Kind::push, Cause::lasting, "clock", "buildkitd-config"},
        {head("tls: failed to verify certificate: x509: certificate is valid for a.example, not r.example"),
         Kind::push, Cause::lasting, "another host name"},
        {head("x509: cannot validate certificate for 10.0.0.1 because it doesn't contain any IP SANs"),
         Kind::push, Cause::lasting, "another host name"},
        {head("x509: certificate relies on legacy Common Name field, use SANs instead"), Kind::push,
         Cause::lasting, "another host name"},
        {head("http: server gave HTTP response to HTTPS client"), Kind::push, Cause::lasting, "http = true"},
        {head("tls: first record does not look like a TLS handshake"), Kind::push, Cause::lasting,
         "http = true"},
        {head("proxyconnect tcp: dial tcp 10.0.0.1:3128: connect: connection refused"), Kind::push,
         Cause::network, "HTTPS_PROXY"},
        {head("Proxy Authentication Required"), Kind::push, Cause::lasting, "proxy's credentials"},
        {head("net/http: TLS handshake timeout"), Kind::push, Cause::tls_handshake, "run the job again"},
        {head("remote error: tls: handshake failure"), Kind::push, Cause::tls_handshake},
        {head("dial tcp: lookup r.example on 10.0.0.53:53: no such host"), Kind::push,
         Cause::name_resolution},
        {head("dial tcp: lookup r.example: Temporary failure in name resolution"), Kind::push,
         Cause::name_resolution},
        {head("dial tcp 10.0.0.2:443: i/o timeout"), Kind::push, Cause::timeout},
        {head("dial tcp 10.0.0.2:443: connect: connection refused"), Kind::push, Cause::network},
        {head("read tcp 10.0.0.1:1->10.0.0.2:443: read: connection reset by peer"), Kind::push,
         Cause::network},
        {head("EOF"), Kind::push, Cause::cut_off},
    });
}

TEST_CASE("a cache's failure is about the cache, whatever its registry says") {
    check_texts({
        {kSolve + "error writing manifest blob: failed commit on ref \"sha256:1\": unexpected status from "
                  "PUT request to "
                  "https://ghcr.io/v2/acme/app/manifests/buildcache: 403 Forbidden",
         Kind::other, Cause::lasting},
        {kSolve + "failed to configure registry cache exporter: failed to resolve: denied",
         Kind::cache_export, Cause::lasting, "cache-to", "packages: write"},
        {kSolve + "error writing layer blob: unexpected status: 507 Insufficient Storage", Kind::cache_export,
         Cause::server, "cache-to"},
        {kSolve + "failed to configure gha cache importer: parse error", Kind::cache_import, Cause::lasting,
         "cache: none"},
    });
}
