# The action's image: the program, buildx, CA certificates and the C library they run on. No shell, no docker CLI.
# Everything comes from Debian packages; the base only has to be a release whose buildx is 0.29 or newer. A release names
# the base by digest and the packages by a snapshot's URL (scripts/release-build); here they are today's.
ARG BASE=debian:forky-slim

FROM ${BASE} AS build
WORKDIR /source
COPY third_party/packages.txt third_party/
COPY scripts/install-packages scripts/use-snapshot scripts/
ARG PACKAGES=
RUN --mount=type=cache,target=/var/cache/apt,sharing=locked \
    --mount=type=cache,target=/var/lib/apt/lists,sharing=locked \
    rm -f /etc/apt/apt.conf.d/docker-clean && \
    { [ -z "$PACKAGES" ] || scripts/use-snapshot "$PACKAGES"; } && \
    scripts/install-packages build image
COPY CMakeLists.txt ./
COPY third_party third_party
COPY src src
COPY scripts/check-hardening scripts/
RUN --mount=type=cache,target=/root/.cache/ccache \
    cmake -G Ninja -S . -B build -D CMAKE_BUILD_TYPE=MinSizeRel -D CMAKE_CXX_COMPILER_LAUNCHER=ccache \
        -D PR_IMAGE_STATIC=ON -D PR_IMAGE_TESTS=OFF && \
    cmake --build build --target pr-image && \
    strip build/pr-image && \
    scripts/check-hardening build/pr-image $(find build/src -name '*.o')

# Time zones are for `{{date … tz=…}}`; without the tables that their rules make needless they are 0.1 MB.
# buildx's version stands beside it in a file, because asking the binary costs a process start in every run.
WORKDIR /image
RUN set -eu; \
    plugin=/usr/libexec/docker/cli-plugins/docker-buildx; \
    mkdir -p etc/ssl/certs usr/lib/ssl usr/libexec/docker/cli-plugins; \
    mkdir -m 1777 tmp; \
    mkdir -p usr/bin; ln -s pr-image usr/bin/pr-image-post; \
    cp -L $plugin usr/libexec/docker/cli-plugins/; \
    $plugin version | sed 's/^[^ ]* v\?\([0-9.]*\).*/\1/' > usr/libexec/docker/cli-plugins/docker-buildx.version; \
    grep -Eq '^[0-9]+\.[0-9]+\.[0-9]+$' usr/libexec/docker/cli-plugins/docker-buildx.version; \
    cp -L /etc/ssl/certs/ca-certificates.crt etc/ssl/certs/; \
    ln -s /etc/ssl/certs/ca-certificates.crt usr/lib/ssl/cert.pem; \
    zic -b slim -d "$PWD/usr/share/zoneinfo" /usr/share/zoneinfo/tzdata.zi; \
    echo 'hosts: files dns' > etc/nsswitch.conf; \
    ldd $plugin /source/build/pr-image | grep -o '/[^ :]*\.so[^ :]*' | sort -u | xargs cp -L --parents -t .

FROM scratch
COPY --from=build /image /
COPY --from=build /source/build/pr-image /usr/bin/pr-image
ENTRYPOINT ["/usr/bin/pr-image"]
