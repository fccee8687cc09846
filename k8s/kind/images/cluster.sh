#!/usr/bin/env bash
# The images a cluster is made of, under their upstream names: the control plane,
# kube-proxy, pause, coredns, metrics-server, the volume provisioner, Traefik.
set -euo pipefail
# shellcheck source=k8s/kind/settings.sh
. "$(dirname "$0")/../settings.sh"
# shellcheck source=k8s/kind/images/image.sh
. "$KIND_DIR/images/image.sh"
# shellcheck source=k8s/kind/images/programs.sh
. "$KIND_DIR/images/programs.sh"
alone cluster
dockerfiles=$KIND_DIR/images
context=$CACHE_DIR/images/context

# An image around one Go program; DOCKERFILE decides what lies under it.
program_image() { # NAME PROGRAM DOCKERFILE [BASE]
  local name=$1 program=$2 dockerfile=$dockerfiles/$3 base=${4:-scratch} hash file
  hash=$(hash_of "$(program_hash "$program")" "$dockerfile" "$base" "$(label_of "$base" || true)")
  is_current "$name" "$hash" && return
  file=$(program "$program")
  rm -rf "$context" && mkdir -p "$context"
  ln "$file" "$context/$program"
  build_image "$name" "$hash" "$context" -f "$dockerfile" --build-arg "BASE=$base" --build-arg "PROGRAM=$program"
  rm -rf "$context"
}

pause() {
  local name=registry.k8s.io/pause:$PAUSE_TAG hash
  hash=$(hash_of "$dockerfiles/pause.Dockerfile" "$(label_of debian:trixie-slim)")
  is_current "$name" "$hash" && return
  mkdir -p "$context"
  build_image "$name" "$hash" "$context" -f "$dockerfiles/pause.Dockerfile"
  docker image prune -f --filter label=myclothes.stage >/dev/null # the classic builder keeps it
}

for name in kube-apiserver kube-controller-manager kube-scheduler; do
  program_image "registry.k8s.io/$name:$KUBE_VERSION" $name program.Dockerfile
done
program_image "registry.k8s.io/etcd:$ETCD_TAG" etcd program.Dockerfile
program_image "registry.k8s.io/kube-proxy:$KUBE_VERSION" kube-proxy kube-proxy.Dockerfile debian:trixie-slim
program_image "registry.k8s.io/coredns/coredns:$COREDNS_TAG" coredns coredns.Dockerfile
program_image "registry.k8s.io/metrics-server/metrics-server:$METRICS_VERSION" metrics-server metrics-server.Dockerfile
program_image "rancher/local-path-provisioner:$LOCAL_PATH_VERSION" local-path-provisioner program.Dockerfile debian:trixie-slim
program_image "traefik:$TRAEFIK_VERSION" traefik traefik.Dockerfile
pause
