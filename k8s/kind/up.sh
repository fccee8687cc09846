#!/usr/bin/env bash
# Brings the kind cluster `myclothes` up, from whatever is there: no engine, no
# images, no cluster, one that was stopped, one half made. What is in place costs nothing.
# Afterwards KUBECONFIG=.cache/kubeconfig with the context kind-myclothes reaches it.
set -euo pipefail
# shellcheck source=k8s/kind/settings.sh
. "$(dirname "$0")/settings.sh"
# shellcheck source=k8s/kind/health.sh
. "$KIND_DIR/health.sh"

# One at a time. Closed for children (-o), or the engine would inherit the lock.
if [ -z "${MYCLOTHES_UP_LOCKED:-}" ] && command -v flock >/dev/null; then
  MYCLOTHES_UP_LOCKED=1 flock -n -o -E 75 "$CACHE_DIR/up.lock" "$0" "$@" && exit 0
  code=$?
  [ "$code" != 75 ] || die "Another run is bringing the cluster up: wait for it to end."
  exit "$code"
fi

# Each node watches hundreds of files; the kernel's defaults are for one machine.
raise_limits() {
  local file least
  for least in instances:1024 watches:1048576; do
    file=/proc/sys/fs/inotify/max_user_${least%:*} least=${least#*:}
    if [ ! -f "$file" ] || [ "$(cat "$file")" -ge "$least" ]; then continue; fi
    echo "$least" 2>/dev/null >"$file" ||
      say "note: $file is below $least; if nodes fail with 'too many open files', raise it as root"
  done
}

cluster_config() {
  cat "$KIND_DIR/cluster.yaml"
  # Without it the kubelet ends where it may not set a kernel parameter.
  ! engine_is_capped || echo 'featureGates: { KubeletInUserNamespace: true }'
}

create_cluster() {
  local image=$PULLED_NODE_IMAGE log=$CACHE_DIR/kind-create.log
  [ "$IMAGES" = pull ] || image=$BUILT_NODE_IMAGE
  say "creating the cluster (1 control plane, 3 workers in 3 zones)"
  claim
  cluster_config | kind create cluster --name "$CLUSTER" --kubeconfig "$KUBECONFIG" --image "$image" --config - \
    >"$log" 2>&1 || {
    grep -m 3 -i error "$log" >&2 || tail -n 5 "$log" >&2
    remove_cluster
    die "kind could not create the cluster; the whole log is $log"
  }
}

"$KIND_DIR/docker-engine.sh"
"$KIND_DIR/tools.sh" >/dev/null
IMAGES=$("$KIND_DIR/registry.sh")
export IMAGES
raise_limits
if revive; then
  if [ "$IMAGES" = build ]; then
    "$KIND_DIR/images/base.sh"
    "$KIND_DIR/renew-node-agent.sh"
  fi
else
  if [ -n "$(containers -a)" ]; then
    is_ours || die "A kind cluster $CLUSTER that was not made here does not answer: kind delete cluster --name $CLUSTER"
    say "replacing a cluster that does not answer"
  fi
  remove_cluster
  "$KIND_DIR/preflight.sh"
  [ "$IMAGES" = pull ] || "$KIND_DIR/images/build.sh"
  create_cluster
  "$KIND_DIR/renew-node-agent.sh" record
fi
"$KIND_DIR/host-routes.sh" add
"$KIND_DIR/addons.sh"
