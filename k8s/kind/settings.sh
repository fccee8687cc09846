# shellcheck shell=bash disable=SC2034
# Sourced by every script here: pinned versions, names, places, and two ways to
# speak: `say` (progress, with the time since the first script began) and
# `die` (one line saying what is wrong and what to do, exit 1).
if [ "${BASH_VERSINFO[0]}" -lt 5 ]; then
  echo "bash 5 or newer is needed, this is $BASH_VERSION (macOS: brew install bash)" >&2
  exit 1
fi
KIND_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT_DIR=$(cd "$KIND_DIR/../.." && pwd)
CACHE_DIR=$ROOT_DIR/.cache
mkdir -p "$CACHE_DIR/bin"

CLUSTER=myclothes
export KUBECONFIG=$CACHE_DIR/kubeconfig # never the user's own
export PATH=$PATH:$CACHE_DIR/bin        # what is on PATH already wins

KIND_VERSION=v0.32.0
KUBE_VERSION=v1.34.4
ETCD_TAG=3.6.5-0
COREDNS_TAG=v1.12.1 # the tag kubeadm v1.34 asks for
COREDNS_VERSION=v1.12.4
PAUSE_TAG=3.10.1
METRICS_VERSION=v0.9.0
LOCAL_PATH_VERSION=v0.0.30 # as in images/go/kubernetes/go.mod
TRAEFIK_VERSION=v3.5.3
VERSITYGW_VERSION=v1.8.0 # an S3 server, for the tests of backups
CERT_MANAGER_VERSION=v1.11.5 # for its test; newer ones keep the controller in a module that no proxy finds
NODE_VERSION=24.21.0
NODE_AGENT_IMAGE=myclothes/node-agent:embedded
BUILT_NODE_IMAGE=kindest/node:$KUBE_VERSION
PULLED_NODE_IMAGE=kindest/node:v1.34.3

RUN_DIR=${MYCLOTHES_RUN_DIR:-/run/myclothes} # the engine we started: pid file and merged configuration
POD_SUBNET=10.244.0.0/16
SERVICE_SUBNET=10.96.0.0/16
HTTP_PORT=8080
HTTPS_PORT=8443

: "${STARTED_AT:=$EPOCHSECONDS}"
export STARTED_AT
say() {
  local s=$((EPOCHSECONDS - STARTED_AT))
  printf '%2d:%02d  %s\n' $((s / 60)) $((s % 60)) "$*" >&2
}
die() {
  printf '%s\n' "$*" >&2
  exit 1
}

# Runs a command for at most so many seconds, where there is a `timeout` (macOS has none).
within() {
  if command -v timeout >/dev/null; then timeout "$@"; else "${@:2}"; fi
}
engine_answers() { command -v docker >/dev/null && within 10 docker info >/dev/null 2>&1; }

# Does the engine run containers by runc-capped, for lack of capabilities? (docker-engine.sh decides when it starts one.)
engine_is_capped() { [ "$(docker info -f '{{.DefaultRuntime}}' 2>/dev/null)" = capped ]; }

# The name containerd knows an image by: with its registry.
full_name() {
  case $1 in
  *.*/* | *:*/* | localhost/*) echo "$1" ;;
  */*) echo "docker.io/$1" ;;
  *) echo "docker.io/library/$1" ;;
  esac
}
