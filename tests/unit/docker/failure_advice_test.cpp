#include "docker/failure_advice.hpp"

#include "unit/docker/failure_texts.hpp"

using namespace pr_image;
using docker::check_texts;
using Kind = docker::FailureKind;
using Cause = docker::FailureCause;

namespace {

const std::string kSolve = "failed to build: failed to solve: ";
const std::string kRun = kSolve + "process \"/bin/sh -c make\" did not complete successfully: ";
const std::string kBase =
    kSolve + "docker.io/acme/base:1: failed to resolve source metadata for docker.io/acme/base:1: ";

}  // namespace

TEST_CASE("a command that failed is explained by its exit code and by what the system printed last") {
    check_texts({
        {kRun + "exit code: 1", Kind::step, Cause::lasting, "Correct the command"},
        {kRun + "exit code: 2", Kind::step, Cause::lasting, "Correct the command", "memory"},
        {kRun + "exit code: 100", Kind::step, Cause::lasting, "Correct the command"},
        {kRun + "exit code: 126", Kind::step, Cause::lasting, "execute permission"},
        {kRun + "exit code: 127", Kind::step, Cause::lasting, "not in the image"},
        {kRun + "exit code: 132", Kind::step, Cause::lasting, "crashed"},
        {kRun + "exit code: 134", Kind::step, Cause::lasting, "crashed"},
        {kRun + "exit code: 137", Kind::step, Cause::lasting, "memory", "Correct the command"},
        {kRun + "exit code: 139", Kind::step, Cause::lasting, "crashed"},
        {kRun + "exit code: 1370", Kind::step, Cause::lasting, "Correct the command", "memory"},
        {kRun + "exit code: 1",
         Kind::step,
         Cause::lasting,
         "disk is full",
         "Correct the command",
         {"cp: error writing '/x': No space left on device"}},
        {kRun + "exit code: 1",
         Kind::step,
         Cause::lasting,
         "disk is full",
         "",
         {"OSError: [Errno 28] No space left on device"}},
        {kRun + "exit code: 1",
         Kind::step,
         Cause::lasting,
         "disk is full",
         "",
         {"write: Disk quota exceeded"}},
        {kRun + "exit code: 1",
         Kind::step,
         Cause::lasting,
         "memory",
         "",
         {"fork: Cannot allocate memory", "make: *** [all] Error 1"}},
        {kRun + "exit code: 134",
         Kind::step,
         Cause::lasting,
         "memory",
         "crashed",
         {"FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory"}},
        {kRun + "exit code: 1",
         Kind::step,
         Cause::lasting,
         "memory",
         "",
         {"c++: fatal error: Killed signal terminated program cc1plus",
          "virtual memory exhausted: Cannot allocate memory"}},
        {kRun + "exit code: 255",
         Kind::step,
         Cause::lasting,
         "qemu",
         "",
         {"exec /bin/sh: exec format error"}},
        {kRun + "exit code: 100",
         Kind::step,
         Cause::lasting,
         "look up",
         "",
         {"Temporary failure resolving 'deb.debian.org'"}},
        {kRun + "exit code: 6",
         Kind::step,
         Cause::lasting,
         "look up",
         "",
         {"curl: (6) Could not resolve host: example.org"}},
        {kRun + "exit code: 1",
         Kind::step,
         Cause::lasting,
         "look up",
         "",
         {"npm error request failed, reason: getaddrinfo EAI_AGAIN registry.npmjs.org"}},
        {kRun + "exit code: 128",
         Kind::step,
         Cause::lasting,
         "github-token",
         "",
         {"fatal: could not read Username for 'https://github.com': terminal prompts disabled"}},
        {kRun + "exit code: 128",
         Kind::step,
         Cause::lasting,
         "input ssh",
         "",
         {"git@github.com: Permission denied (publickey)."}},
        {kRun + "exit code: 128",
         Kind::step,
         Cause::lasting,
         "known_hosts",
         "",
         {"Host key verification failed."}},
        // What the Dockerfile says is no message of the system.
        {kSolve + "process \"/bin/sh -c echo no space left on device; exit 1\" did not complete "
                  "successfully: exit code: 1",
         Kind::step, Cause::lasting, "Correct the command", "disk"},
        {kSolve + "process \"/bin/sh -c echo context canceled; exit 1\" did not complete successfully: exit "
                  "code: 1",
         Kind::step, Cause::lasting, "Correct the command"},
        {kSolve + "process \"/bin/sh -c echo failed to push x; exit 1\" did not complete successfully: exit "
                  "code: 1",
         Kind::step, Cause::lasting, "Correct the command", "packages"},
    });
}

TEST_CASE("a Dockerfile or a context that is wrong says what to correct") {
    check_texts({
        {kSolve + "failed to read dockerfile: open Dockerfile: no such file or directory", Kind::dockerfile,
         Cause::lasting, "input file"},
        {kSolve + "failed to read dockerfile: open docker/app.Dockerfile: no such file or directory",
         Kind::dockerfile, Cause::lasting, "input file"},
        {kSolve + "dockerfile parse error on line 3: unknown instruction: RAN", Kind::dockerfile,
         Cause::lasting, "Correct the Dockerfile"},
        {kSolve + "dockerfile parse error on line 1: FROM requires either one or three arguments",
         Kind::dockerfile, Cause::lasting, "Correct the Dockerfile"},
        {kSolve + "the Dockerfile cannot be empty", Kind::dockerfile, Cause::lasting,
         "Correct the Dockerfile"},
        {kSolve + "target stage \"prod\" could not be found", Kind::dockerfile, Cause::lasting, "target"},
        {kSolve + "base name (${BASE}) should not be blank", Kind::other, Cause::lasting, "build-args"},
        {kSolve + "base name ($BASE_IMAGE) should not be blank", Kind::other, Cause::lasting, "build-args"},
        {kSolve + "failed to parse stage name \"acme/:1\": invalid reference format", Kind::dockerfile,
         Cause::lasting, "does not name an image"},
        {kSolve + "failed to parse stage name \"Acme/App:1\": invalid reference format: repository name "
                  "(Acme/App) must be "
                  "lowercase",
         Kind::dockerfile, Cause::lasting, "upper-case"},
        {kSolve + "failed to process \"${X:?}\": missing ':' in substitution", Kind::dockerfile,
         Cause::lasting, "Correct the Dockerfile"},
        {kSolve +
             "failed to compute cache key: failed to calculate checksum of ref 1::2: \"/src\": not found",
         Kind::source, Cause::lasting, ".dockerignore"},
        {kSolve + "failed to compute cache key: failed to calculate checksum of ref 1::2: \"/no space left "
                  "on device\": "
                  "not found",
         Kind::source, Cause::lasting, ".dockerignore", "disk"},
        {"failed to build: unable to prepare context: path \"app\" not found", Kind::other, Cause::lasting,
         "Check out the repository"},
        {"failed to build: failed to get build context path {\"app\" <nil>}: lstat app: no such file or "
         "directory",
         Kind::other, Cause::lasting, "Check out the repository"},
        {kSolve + "failed to load cache key: checksum mismatch sha256:aa != sha256:bb", Kind::base_image,
         Cause::lasting, "new checksum"},
        {kSolve + "failed to load cache key: digest mismatch sha256:aa: sha256:bb", Kind::base_image,
         Cause::lasting, "new checksum"},
        {kSolve + "secret npmrc: not found", Kind::other, Cause::lasting, "input secrets"},
        {kSolve + "secret a.b-c: not found", Kind::other, Cause::lasting, "input secrets"},
        {kSolve + "failed to solve: rpc error: code = Unknown desc = secret token: not found", Kind::other,
         Cause::lasting, "input secrets"},
        {kSolve + "no SSH key \"default\" forwarded from the client", Kind::other, Cause::lasting,
         "input ssh"},
        {kSolve + "unset ssh forward key default", Kind::other, Cause::lasting, "input ssh"},
        {"failed to build: invalid empty ssh agent socket: make sure SSH_AUTH_SOCK is set", Kind::other,
         Cause::lasting, "input ssh"},
        {kSolve + "rpc error: code = ResourceExhausted desc = grpc: received message larger than max "
                  "(6000000 vs. 4194304)",
         Kind::other, Cause::lasting, "build-args"},
    });
}

TEST_CASE("what a builder cannot do names the driver, the input or the version that can") {
    check_texts({
        {"failed to build: granting entitlement network.host is not allowed by build daemon configuration",
         Kind::other, Cause::lasting, "input allow"},
        {kSolve + "granting entitlement security.insecure is not allowed by build daemon configuration",
         Kind::other, Cause::lasting, "input allow"},
        {kSolve + "network.host is not allowed", Kind::other, Cause::lasting, "input allow"},
        {kSolve + "security.insecure is not allowed", Kind::other, Cause::lasting, "input allow"},
        {"failed to build: additional privileges requested", Kind::other, Cause::lasting, "input allow"},
        {"failed to build: index annotations not supported for single platform export", Kind::other,
         Cause::lasting, "without the prefix index:"},
        {kSolve + "index annotations not supported for single platform export", Kind::other, Cause::lasting,
         "several platforms"},
        {"failed to build: Multi-platform build is not supported for the docker driver.", Kind::other,
         Cause::lasting, "docker-container"},
        {"failed to build: Cache export is not supported for the docker driver.", Kind::other, Cause::lasting,
         "docker-container"},
        {"failed to build: OCI exporter is not supported for the docker driver.", Kind::other, Cause::lasting,
         "containerd"},
        {"failed to build: Attestation is not supported for the docker driver.", Kind::other, Cause::lasting,
         "containerd"},
        {"failed to build: push-by-digest is currently not implemented for docker driver, please create a "
         "new builder "
         "instance",
         Kind::other, Cause::lasting, "docker-container"},
        {"failed to build: multi-node push can't currently be performed with the docker driver, please "
         "switch to a "
         "different driver",
         Kind::other, Cause::lasting, "docker-container"},
        {"failed to build: docker exporter does not currently support exporting manifest lists", Kind::other,
         Cause::lasting, "one platform"},
        {"failed to build: Attestations are not supported by the current BuildKit daemon", Kind::other,
         Cause::lasting, "too old"},
        {"failed to build: multiple outputs currently unsupported by the current BuildKit daemon, please "
         "upgrade to "
         "version v0.13+ or use a single output",
         Kind::other, Cause::lasting, "too old"},
        {"unknown flag: --nosuchflag", Kind::other, Cause::lasting, "Update buildx"},
        {"unknown shorthand flag: 'q' in -q", Kind::other, Cause::lasting, "Update buildx"},
        {"failed to build: tag is needed when pushing to registry", Kind::other, Cause::lasting,
         "input tags"},
        {kSolve +
             "source \"docker-image://docker.io/library/alpine:latest\" not allowed by policy: action DENY",
         Kind::other, Cause::lasting, "policy"},
        {kSolve + "could not resolve image due to policy: source denied", Kind::other, Cause::lasting,
         "policy"},
        {kBase + "no match for platform in manifest: not found", Kind::base_image, Cause::lasting,
         "this platform", "name and tag"},
        {kBase + "no matching manifest for linux/arm64/v8 in the manifest list entries", Kind::base_image,
         Cause::lasting, "this platform"},
        {kBase + "media type \"application/vnd.docker.distribution.manifest.v1+prettyjws\" is no longer "
                 "supported since "
                 "containerd v2.1, please rebuild the image",
         Kind::base_image, Cause::lasting, "old format"},
        {"failed to build: no builder \"mine\" found", Kind::engine, Cause::lasting, "Docker Engine"},
        {"failed to build: failed to find driver \"dokcer\"", Kind::engine, Cause::lasting, "Docker Engine"},
    });
}

TEST_CASE("what is wrong with the machine is not blamed on the Dockerfile") {
    check_texts({
        {kSolve + "process \"/bin/sh -c apt-get update\" did not complete successfully: failed to create "
                  "endpoint abc on "
                  "network bridge: operation not supported",
         Kind::engine, Cause::lasting, "nothing is wrong with the Dockerfile"},
        {kSolve + "failed to create endpoint x1 on network bridge: failed to add the host (veth1) <=> "
                  "sandbox (veth2) pair "
                  "interfaces: operation not supported",
         Kind::engine, Cause::lasting, "nothing is wrong with the Dockerfile"},
        {"failed to build: Error response from daemon: failed to set up container networking: driver failed "
         "programming "
         "external connectivity on endpoint buildx_buildkit_x0: Unable to enable ACCEPT OUTGOING rule",
         Kind::other, Cause::lasting, "restart the engine"},
        {"failed to build: Error response from daemon: iptables: No chain/target/match by that name.",
         Kind::other, Cause::lasting, "restart the engine"},
        {"failed to build: Error response from daemon: could not find an available, non-overlapping IPv4 "
         "address pool "
         "among the defaults to assign to the network",
         Kind::other, Cause::lasting, "restart the engine"},
        {kSolve + "process \"/bin/sh -c x\" did not complete successfully: failed to create new network "
                  "namespace: no space "
                  "left on device",
         Kind::engine, Cause::lasting, "disk is full"},
        {kSolve + "failed to prepare x as y: open /var/lib/docker/x: no space left on device", Kind::other,
         Cause::lasting, "disk is full"},
        {kSolve + "failed to compute cache key: failed commit on ref \"layer-sha256:aa\": write "
                  "/var/lib/buildkit/x: no space "
                  "left on device",
         Kind::other, Cause::lasting, "disk is full"},
        {kSolve + "failed to copy files: copy file range failed: no space left on device", Kind::other,
         Cause::lasting, "disk is full"},
        {kSolve + "write /tmp/x: disk quota exceeded", Kind::other, Cause::lasting, "disk is full"},
        {kSolve + "ResourceExhausted: process \"/bin/sh -c make\" did not complete successfully: cannot "
                  "allocate memory",
         Kind::other, Cause::lasting, "memory"},
        {kSolve + "failed to start: fork/exec /usr/bin/runc: cannot allocate memory", Kind::other,
         Cause::lasting, "memory"},
        {kSolve + "failed to prepare snapshot x: mkdir /var/lib/docker/y: read-only file system", Kind::other,
         Cause::lasting, "own storage"},
        {"Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
         Kind::engine, Cause::builder_gone, "socket"},
        {kSolve + "snapshot a does not exist: not found", Kind::other, Cause::lost_state, "prune", "Correct"},
        {kSolve + "failed to get edge: inconsistent graph state", Kind::other, Cause::server},
    });
}

TEST_CASE("git that cannot log in says which credential, whatever it was fetched for") {
    const std::string fetch =
        kSolve + "failed to load cache key: failed to fetch remote https://github.com/acme/app.git: ";
    check_texts({
        {fetch + "git stderr:\nfatal: could not read Username for 'https://github.com': terminal prompts "
                 "disabled\n: exit status "
                 "128",
         Kind::base_image, Cause::lasting, "github-token", "name and tag"},
        {fetch + "git stderr: fatal: could not read Password for 'https://x@github.com': No such device or "
                 "address",
         Kind::base_image, Cause::lasting, "github-token"},
        {fetch + "git stderr: remote: Invalid username or token. Password authentication is not supported "
                 "for Git operations. "
                 "fatal: Authentication failed for 'https://github.com/acme/app.git/'",
         Kind::base_image, Cause::lasting, "github-token"},
        {fetch + "git stderr: remote: Support for password authentication was removed on August 13, 2021.",
         Kind::base_image, Cause::lasting, "github-token"},
        {fetch + "git stderr: remote: Repository not found. fatal: repository "
                 "'https://github.com/acme/app.git/' not found",
         Kind::base_image, Cause::lasting, "github-token"},
        {kSolve + "failed to read dockerfile: failed to fetch remote https://github.com/acme/app.git: git "
                  "stderr: fatal: could not "
                  "read Username for 'https://github.com': terminal prompts disabled",
         Kind::base_image, Cause::lasting, "github-token", "Correct the Dockerfile"},
        {kSolve + "failed to load cache key: failed to update submodules for "
                  "https://github.com/acme/app.git: git stderr: fatal: "
                  "could not read Username for 'https://github.com': terminal prompts disabled. Failed to "
                  "clone 'lib'",
         Kind::base_image, Cause::lasting, "submodule"},
        {kSolve + "failed to update submodules for https://github.com/acme/app.git: git stderr: "
                  "git@github.com: Permission denied "
                  "(publickey). fatal: Could not read from remote repository.",
         Kind::base_image, Cause::lasting, "input ssh"},
        {kSolve +
             "failed to fetch remote git@github.com:acme/app.git: git stderr: Host key verification failed.",
         Kind::base_image, Cause::lasting, "known_hosts"},
        {kSolve + "failed to fetch remote git@github.com:acme/app.git: no configured known hosts forwarded "
                  "from the client",
         Kind::base_image, Cause::lasting, "known_hosts"},
        {fetch + "git stderr: fatal: unable to access 'https://github.com/acme/app.git/': Could not resolve "
                 "host: github.com",
         Kind::base_image, Cause::name_resolution},
        {fetch + "git stderr: fatal: unable to access: server certificate verification failed. CAfile: none "
                 "CRLfile: none",
         Kind::base_image, Cause::lasting, "authority"},
        {fetch + "git stderr: fatal: unable to access: SSL certificate problem: unable to get local issuer "
                 "certificate",
         Kind::base_image, Cause::lasting, "authority"},
    });
}
