#include "docker/failure_advice.hpp"

#include "docker/failure_text.hpp"
#include "text/number.hpp"
#include "text/strings.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace pr_image::docker {
namespace {

/// Words that all occur in an error, and what helps.
struct Remedy {
    std::array<std::string_view, 2> words;
    std::string_view advice;
};

constexpr std::string_view kDisk =
    "The builder's disk is full. Remove what the job does not need before this step, prune the builder "
    "(docker buildx prune), or use a runner with a larger disk";
constexpr std::string_view kMemory =
    "Something was ended because the machine's memory ran out. Run fewer jobs at once inside the step (for "
    "example make -j2), or use a runner with more memory";
constexpr std::string_view kClock =
    "The certificate is outside its dates for the builder's clock. Check the clock of this machine first, "
    "then "
    "the certificate of that server";
constexpr std::string_view kAuthority =
    "The builder does not trust the authority that signed that server's certificate. Give it the authority's "
    "certificate: with driver: docker-container in buildkitd-config ([registry.\"HOST\"] ca=[…]), with the "
    "engine's own builder in /etc/docker/certs.d/HOST on the machine";
constexpr std::string_view kCertificateName =
    "The certificate is for another host name. Use the name that the certificate holds, or have the server "
    "use "
    "a certificate for this one";
constexpr std::string_view kPlainHttp =
    "That registry speaks HTTP and the builder expects HTTPS. With driver: docker-container say so in "
    "buildkitd-config ([registry.\"HOST\"] http = true), with the engine's own builder in "
    "insecure-registries "
    "of its daemon.json";
constexpr std::string_view kProxy =
    "The proxy did not let the connection through. Check HTTPS_PROXY and NO_PROXY of the builder, and the "
    "proxy's credentials";
constexpr std::string_view kGitLogin =
    "Git could not log in to fetch a repository. For a private repository or submodule on GitHub give a "
    "token "
    "that may read it in input github-token (the job's own token reads only this repository); for another "
    "host "
    "give the secret GIT_AUTH_TOKEN in input secrets";
constexpr std::string_view kGitSsh =
    "Git could not log in by SSH. Give a key that may read the repository in input ssh, for example "
    "default=deploy_key, or use an https:// address";
constexpr std::string_view kHostKey =
    "The server's SSH host key is not known to the build. Write it to known_hosts in the Dockerfile, or use "
    "an "
    "https:// address";
constexpr std::string_view kSshKey =
    "The Dockerfile asks for an SSH key that was not given. Give it in input ssh, for example "
    "default=deploy_key";
constexpr std::string_view kEntitlement =
    "The builder does not grant that entitlement. Name it in input allow, and use a builder that permits it: "
    "driver: docker-container with insecure-entitlements in buildkitd-config";
constexpr std::string_view kIndexAnnotation =
    "An annotation for the index needs an index: build for several platforms, keep attestations on, or write "
    "the annotation without the prefix index: (DOCKER_METADATA_ANNOTATIONS_LEVELS=manifest)";
constexpr std::string_view kSecret =
    "The Dockerfile requires a secret that was not given. Give it in input secrets as id=value, with the id "
    "that "
    "the Dockerfile mounts; forks and Dependabot do not get the repository's secrets";
constexpr std::string_view kBlankBase =
    "The FROM line uses an ARG that has no value. Give it in input build-args, or a default in the "
    "Dockerfile "
    "(ARG NAME=value before the first FROM)";
constexpr std::string_view kStageName =
    "The FROM line does not name an image. Look for a build argument that is empty or has white space in it, "
    "and "
    "for upper-case letters in the image's name";
constexpr std::string_view kEngineNetwork =
    "The Docker Engine's own network is broken on this machine; nothing is wrong with the Dockerfile. Run "
    "the "
    "job again on a new runner, or restart the engine";
constexpr std::string_view kOrganizationPackage =
    "The organization does not let this token create packages. An owner can allow it in the organization's "
    "settings under Packages, or create the package once and give this repository the role Write in it";
constexpr std::string_view kSingleSignOn =
    "The organization requires single sign-on. Authorize the token for it under Settings, Developer "
    "settings, "
    "Personal access tokens, Configure SSO; or use the job's own token";
constexpr std::string_view kScopes =
    "The token lacks the scope. A classic token needs write:packages to push and read:packages to pull; "
    "fine-grained tokens cannot be used for packages. Or use the job's own token with `permissions: "
    "packages: "
    "write`";
constexpr std::string_view kInvalidToken =
    "The registry does not know this user or token. Check that the secret is not empty or expired, and that "
    "username belongs to it";
constexpr std::string_view kPackagesWrite =
    "Give the job `permissions: packages: write`. If the package exists already, give this repository the "
    "role "
    "Write under its Package settings, Manage Actions access";
constexpr std::string_view kHubRefused =
    "Docker Hub refuses the push: the repository does not exist, or the account may not write to it. Create "
    "it, and log in with an access token that has Read & Write (registry-auth: registry=docker.io,…)";
constexpr std::string_view kPullRefused =
    "The image does not exist there, or is private. Check its name (a FROM that names a stage has to spell "
    "the "
    "stage exactly), and for a private image log in with input registry-auth";
constexpr std::string_view kHubLimit =
    "Docker Hub limits how many images may be pulled without a login. Log in (registry-auth: "
    "registry=docker.io,username=…,password=…), or take the image from a mirror";
constexpr std::string_view kRateLimit =
    "The server asks for fewer requests. Run fewer jobs at the same time, log in where that raises the "
    "limit, "
    "and try again later";
constexpr std::string_view kCreateRepository =
    "The registry does not create repositories by itself. Create this one first, then run the job again";
constexpr std::string_view kLogin =
    "The registry wants a login. Give this run credentials for it in input registry-auth";
constexpr std::string_view kExpiredLogin =
    "The login has expired. Have the step that makes the password (for example for ECR) run in this job, "
    "shortly "
    "before this one";
constexpr std::string_view kGoogleRole =
    "The account may not write there. Give it the role Artifact Registry Writer on that repository";
constexpr std::string_view kImmutable =
    "The registry does not let a tag move. Use tags that are new for each commit, or turn off immutability "
    "for "
    "this tag";
constexpr std::string_view kQuota =
    "The registry's storage is used up. Delete images that nobody needs (command: cleanup), or raise the "
    "quota";
constexpr std::string_view kNoPlatform =
    "The base image does not exist for this platform. Leave the platform out of platforms, or use a base "
    "image "
    "that has it";
constexpr std::string_view kOldSchema =
    "The base image has an old format that today's engines do not read. Use a newer tag, or push the image "
    "again with a current Docker";
constexpr std::string_view kPolicy =
    "A source policy does not allow this source. Use one that it allows, or change the policy";
constexpr std::string_view kDockerDriver =
    "The engine's own builder cannot do this. Use driver: docker-container, or turn on the engine's "
    "containerd "
    "image store";
constexpr std::string_view kManifestList =
    "A docker archive and the engine's old image store hold one platform. Build one platform, use type=oci, "
    "or "
    "turn on the engine's containerd image store";
constexpr std::string_view kOldBuilder =
    "The builder's BuildKit is too old for this. Update the Docker Engine, or use driver: docker-container "
    "with "
    "a current image in driver-opts";
constexpr std::string_view kOldBuildx =
    "This buildx does not know that option. Update buildx, or leave the input out that asks for it";
constexpr std::string_view kNoTag = "A push needs a tag. Give one in input tags, or leave metadata: none out";
constexpr std::string_view kContextPath =
    "The build context is not there. Check out the repository before this step, and check input context";
constexpr std::string_view kDockerfilePath =
    "The Dockerfile is not there. Check input file (relative to the workspace) and context, and that the "
    "repository is checked out before this step";
constexpr std::string_view kChecksum =
    "What was downloaded has another checksum than the Dockerfile says. Check that the file was meant to "
    "change, "
    "then write its new checksum";
constexpr std::string_view kMessageSize =
    "The build has more environment, arguments or metadata than BuildKit takes in one message. Shorten "
    "build-args "
    "and labels, or use a file in the context";
constexpr std::string_view kReadOnly =
    "The engine cannot write to its own storage. Check the machine's disk; nothing is wrong with the "
    "Dockerfile";
constexpr std::string_view kExecFormat =
    "This program is for another platform than the builder's. Have emulation installed (input qemu: auto), "
    "build "
    "each platform on a runner of its own (input fan-out), or let the Dockerfile cross-compile in a stage "
    "FROM "
    "--platform=$BUILDPLATFORM";
constexpr std::string_view kCommandNotFound =
    "The command is not in the image at this step: install it in an earlier RUN, or check its spelling and "
    "PATH";
constexpr std::string_view kNotExecutable =
    "The command is there but cannot be executed: check its execute permission and that its interpreter is "
    "in "
    "the image";
constexpr std::string_view kCrashed = "The program crashed. Look at its last lines, and at the memory it had";
constexpr std::string_view kNameResolution =
    "The step could not look up a host's name. If that stays, check the DNS servers of the builder (for "
    "docker-container: [dns] in buildkitd-config) and the input network";

// The first that occurs decides, so that what is special stands before what is general.
constexpr std::array kRemedies{
    Remedy{{"no space left on device"}, kDisk},
    Remedy{{"disk quota exceeded"}, kDisk},
    Remedy{{"cannot allocate memory"}, kMemory},
    Remedy{{"signal: killed"}, kMemory},
    Remedy{{"read-only file system", "snapshot"}, kReadOnly},
    Remedy{{"failed to create endpoint", "network"}, kEngineNetwork},
    Remedy{{"failed to set up container networking"}, kEngineNetwork},
    Remedy{{"programming external connectivity"}, kEngineNetwork},
    Remedy{{"no chain/target/match by that name"}, kEngineNetwork},
    Remedy{{"could not find an available", "address pool"}, kEngineNetwork},
    Remedy{{"failed to create new network namespace"}, kEngineNetwork},

    Remedy{{"not allowed by policy"}, kPolicy},
    Remedy{{"due to policy"}, kPolicy},
    Remedy{{"source denied by policy"}, kPolicy},
    Remedy{{"policy denied"}, kPolicy},

    Remedy{{"x509:", "has expired or is not yet valid"}, kClock},
    Remedy{{"x509:", "is valid for"}, kCertificateName},
    Remedy{{"x509:", "doesn't contain any ip sans"}, kCertificateName},
    Remedy{{"x509:", "not valid for any names"}, kCertificateName},
    Remedy{{"x509:", "relies on legacy common name"}, kCertificateName},
    Remedy{{"x509:"}, kAuthority},
    Remedy{{"server certificate verification failed"}, kAuthority},
    Remedy{{"ssl certificate problem"}, kAuthority},
    Remedy{{"gave http response to https client"}, kPlainHttp},
    Remedy{{"does not look like a tls handshake"}, kPlainHttp},
    Remedy{{"proxyconnect"}, kProxy},
    Remedy{{"proxy authentication required"}, kProxy},

    Remedy{{"could not read username"}, kGitLogin},
    Remedy{{"could not read password"}, kGitLogin},
    Remedy{{"terminal prompts disabled"}, kGitLogin},
    Remedy{{"authentication failed for"}, kGitLogin},
    Remedy{{"support for password authentication was removed"}, kGitLogin},
    Remedy{{"invalid username or token"}, kGitLogin},
    Remedy{{"invalid username or password"}, kGitLogin},
    Remedy{{"remote: repository not found"}, kGitLogin},
    Remedy{{"remote: write access to repository not granted"}, kGitLogin},
    Remedy{{"permission denied (publickey"}, kGitSsh},
    Remedy{{"could not read from remote repository"}, kGitSsh},
    Remedy{{"host key verification failed"}, kHostKey},
    Remedy{{"no configured known hosts forwarded"}, kHostKey},
    Remedy{{"no ssh key", "forwarded from the client"}, kSshKey},
    Remedy{{"unset ssh forward key"}, kSshKey},
    Remedy{{"invalid empty ssh agent socket"}, kSshKey},
    Remedy{{"ssh_auth_sock"}, kSshKey},

    Remedy{{"granting entitlement"}, kEntitlement},
    Remedy{{"is not allowed by build daemon configuration"}, kEntitlement},
    Remedy{{"network.host is not allowed"}, kEntitlement},
    Remedy{{"security.insecure is not allowed"}, kEntitlement},
    Remedy{{"device is not allowed"}, kEntitlement},
    Remedy{{"additional privileges requested"}, kEntitlement},
    Remedy{{"index annotations not supported"}, kIndexAnnotation},
    Remedy{{"should not be blank"}, kBlankBase},
    Remedy{{"failed to parse stage name"}, kStageName},
    Remedy{{"invalid reference format"}, kStageName},

    Remedy{{"not allowed to create organization package"}, kOrganizationPackage},
    Remedy{{"create_package"}, kOrganizationPackage},
    Remedy{{"saml"}, kSingleSignOn},
    Remedy{{"does not match expected scopes"}, kScopes},
    Remedy{{"token does not have the correct permissions"}, kScopes},
    Remedy{{"user cannot be authenticated with the token"}, kInvalidToken},
    Remedy{{"incorrect username or password"}, kInvalidToken},
    Remedy{{"bad credentials"}, kInvalidToken},
    Remedy{{"permission_denied: write_package"}, kPackagesWrite},
    Remedy{{"permission_denied: read_package"}, kPullRefused},
    Remedy{{"requested installation does not exist"}, kPackagesWrite},
    Remedy{{"authorization token has expired"}, kExpiredLogin},
    Remedy{{"artifactregistry.repositories"}, kGoogleRole},
    Remedy{{"the repository with name", "does not exist in the registry"}, kCreateRepository},
    Remedy{{"name unknown"}, kCreateRepository},
    Remedy{{"immutable"}, kImmutable},
    Remedy{{"quota"}, kQuota},
    Remedy{{"push access denied"}, kHubRefused},
    Remedy{{"failed to push", "requested access to the resource is denied"}, kHubRefused},
    Remedy{{"failed to push", "insufficient_scope"}, kHubRefused},
    Remedy{{"pull access denied"}, kPullRefused},
    Remedy{{"requested access to the resource is denied"}, kPullRefused},
    Remedy{{"insufficient_scope"}, kPullRefused},
    Remedy{{"failed to fetch anonymous token"}, kPullRefused},
    Remedy{{"no basic auth credentials"}, kLogin},
    Remedy{{"authentication required"}, kLogin},

    Remedy{{"no match for platform in manifest"}, kNoPlatform},
    Remedy{{"no matching manifest for"}, kNoPlatform},
    Remedy{{"is no longer supported since containerd"}, kOldSchema},
    Remedy{{"not supported for", "docker driver"}, kDockerDriver},
    Remedy{{"not implemented for docker driver"}, kDockerDriver},
    Remedy{{"performed with the docker driver"}, kDockerDriver},
    Remedy{{"exporting manifest lists"}, kManifestList},
    Remedy{{"upgrade to version v"}, kOldBuilder},
    Remedy{{"not supported by the current buildkit daemon"}, kOldBuilder},
    Remedy{{"requires a buildkit daemon"}, kOldBuilder},
    Remedy{{"needs buildkit"}, kOldBuilder},
    Remedy{{"unknown flag: "}, kOldBuildx},
    Remedy{{"unknown shorthand flag"}, kOldBuildx},
    Remedy{{"tag is needed when pushing"}, kNoTag},
    Remedy{{"unable to prepare context"}, kContextPath},
    Remedy{{"failed to get build context"}, kContextPath},
    Remedy{{"failed to read dockerfile", "no such file or directory"}, kDockerfilePath},
    Remedy{{"failed to read dockerfile", "not found"}, kDockerfilePath},
    Remedy{{"checksum mismatch"}, kChecksum},
    Remedy{{"digest mismatch"}, kChecksum},
    Remedy{{"received message larger than max"}, kMessageSize},
    Remedy{{"argument list too long"}, kMessageSize},
    Remedy{{"exec format error"}, kExecFormat},
};

bool has(std::string_view text, std::string_view words) {
    return text.find(words) != std::string_view::npos;
}

/// "secret npmrc: not found" (BuildKit, session/secrets): the id in the middle is the Dockerfile's.
bool is_missing_secret(std::string_view words) {
    constexpr std::string_view kSecretWord = "secret ";
    for (std::size_t at = words.find(kSecretWord); at != std::string_view::npos;
         at = words.find(kSecretWord, at + 1)) {
        const std::string_view rest = words.substr(at + kSecretWord.size());
        const std::size_t colon = rest.find(": ");
        if (colon < 200 && rest.substr(colon).starts_with(": not found")) return true;
    }
    return false;
}

/// The number behind "exit code: ", or -1.
int exit_code(std::string_view words) {
    constexpr std::string_view kExit = "exit code: ";
    const std::size_t at = words.rfind(kExit);
    if (at == std::string_view::npos) return -1;
    std::string_view rest = words.substr(at + kExit.size());
    const auto code = text::take_number<unsigned>(rest, 999);
    return code ? static_cast<int>(*code) : -1;
}

/// What the kernel, libc or a shell says when a command cannot do its work, whatever its exit code.
std::string_view remedy_of_lines(const BuildFailure& failure) {
    constexpr std::array kLines{
        Remedy{{"no space left on device"}, kDisk},
        Remedy{{"disk quota exceeded"}, kDisk},
        Remedy{{"cannot allocate memory"}, kMemory},
        Remedy{{"javascript heap out of memory"}, kMemory},
        Remedy{{"fatal signal killed terminated program"}, kMemory},
        Remedy{{"exec format error"}, kExecFormat},
        Remedy{{"temporary failure resolving"}, kNameResolution},
        Remedy{{"temporary failure in name resolution"}, kNameResolution},
        Remedy{{"could not resolve host"}, kNameResolution},
        Remedy{{"getaddrinfo eai_again"}, kNameResolution},
        Remedy{{"host key verification failed"}, kHostKey},
        Remedy{{"permission denied (publickey"}, kGitSsh},
        Remedy{{"could not read username for"}, kGitLogin},
    };
    for (const std::string& line : failure.last_lines) {
        const std::string lower = text::to_lower(line);
        for (const Remedy& remedy : kLines) {
            if (has(lower, remedy.words[0])) return remedy.advice;
        }
    }
    return {};
}

std::string_view remedy_of_step(const BuildFailure& failure) {
    if (const std::string_view advice = remedy_of_lines(failure); !advice.empty()) return advice;
    switch (exit_code(failure.error.empty() ? failure.reason : failure.error)) {
        case 126:
            return kNotExecutable;
        case 127:
            return kCommandNotFound;
        case 137:
            return kMemory;
        case 132:
        case 134:
        case 139:
            return kCrashed;
        default:
            return {};
    }
}

/// Docker Hub's registry, by one of its names (distribution's `docker.io`, and where that is served).
bool is_docker_hub(std::string_view error) {
    return has(error, "docker.io/") || has(error, "registry-1.docker.io") || has(error, "auth.docker.io");
}

}  // namespace

std::string_view known_remedy(const BuildFailure& failure) {
    if (failure.kind == FailureKind::step) return remedy_of_step(failure);
    const std::string& whole = failure.error.empty() ? failure.reason : failure.error;
    if (failure.cause == FailureCause::rate_limit) return is_docker_hub(whole) ? kHubLimit : kRateLimit;
    const std::string words = own_words(whole);
    if (is_missing_secret(words)) return kSecret;
    const auto* found = std::ranges::find_if(kRemedies, [&](const Remedy& remedy) {
        return std::ranges::all_of(remedy.words, [&](std::string_view part) { return has(words, part); });
    });
    return found == kRemedies.end() ? std::string_view() : found->advice;
}

}  // namespace pr_image::docker
