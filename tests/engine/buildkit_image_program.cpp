// The one program of an image that stands where BuildKit's own image would: under the name `buildkitd` it
// waits to be stopped, under the name `buildctl` it leads to a BuildKit that runs elsewhere.
//
// It is what buildx's docker-container driver needs of such an image, and nothing more (docker/buildx,
// driver/docker-container/driver.go): the container runs `buildkitd`; `buildctl debug workers` succeeds once
// the builder is ready; `buildctl dial-stdio` carries the BuildKit API over its standard streams. The builds
// are done by a real BuildKit, the one in dockerd: tests/support/buildkit_relay.hpp listens on this machine's
// loopback, at the port that TEST_BUILDKIT_PORT says. So the container needs the host's network.

#include <arpa/inet.h>
#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <netinet/in.h>
#include <poll.h>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>

namespace {

int wait_to_be_stopped() {
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGTERM);
    sigprocmask(SIG_BLOCK, &ends, nullptr);
    int number = 0;
    return sigwait(&ends, &number);
}

int connect_to_buildkit() {
    const char* port = std::getenv("TEST_BUILDKIT_PORT");
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<in_port_t>(port == nullptr ? 0 : std::atoi(port)));
    const int connection = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(connection, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        std::perror("buildctl: no BuildKit");
        std::exit(1);
    }
    return connection;
}

/// Hands on what can be read now; gives false when there will be no more.
bool hand_on(int from, int to) {
    std::array<char, 65536> bytes{};
    const ssize_t size = read(from, bytes.data(), bytes.size());
    for (ssize_t done = 0; done < size;) {
        const ssize_t written = write(to, bytes.data() + done, static_cast<std::size_t>(size - done));
        if (written < 0) std::exit(1);
        done += written;
    }
    return size > 0;
}

int dial_stdio() {
    const int buildkit = connect_to_buildkit();
    std::array<pollfd, 2> readable{{{STDIN_FILENO, POLLIN, 0}, {buildkit, POLLIN, 0}}};
    while (poll(readable.data(), readable.size(), -1) > 0) {
        if (readable[1].revents != 0 && !hand_on(buildkit, STDOUT_FILENO)) return 0;
        if (readable[0].revents != 0 && !hand_on(STDIN_FILENO, buildkit)) {
            shutdown(buildkit, SHUT_WR);
            readable[0].fd = -1;
        }
    }
    return 1;
}

}  // namespace

int main(int count, char** arguments) {
    const std::string_view name = arguments[0];
    const std::string_view command = count > 1 ? arguments[1] : "";
    if (name.ends_with("buildkitd")) {
        // buildx takes the third of four words, when it is asked what runs in its builder.
        if (command == "--version") return std::puts("buildkitd in-dockerd v0.0.0+unknown none") < 0;
        return wait_to_be_stopped();
    }
    if (command == "dial-stdio") return dial_stdio();
    connect_to_buildkit();  // as `debug workers`
    return 0;
}
