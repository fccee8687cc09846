#!/usr/bin/env bash
# Leaves nothing running: removes the cluster with its volumes, the routes on this
# machine, and stops the engine if docker-engine.sh started it. Images stay.
set -euo pipefail
# shellcheck source=k8s/kind/settings.sh
. "$(dirname "$0")/settings.sh"
# shellcheck source=k8s/kind/health.sh
. "$KIND_DIR/health.sh"

stop_engine() {
  local pid
  if [ -f "$RUN_DIR/by-systemd" ]; then
    say "stopping the Docker engine"
    systemctl stop docker.socket docker
    rm -f "$RUN_DIR/by-systemd"
  elif [ -s "$RUN_DIR/docker.pid" ] && pid=$(cat "$RUN_DIR/docker.pid") && [ -d "/proc/$pid" ]; then
    if [ -n "$(docker ps -q)" ]; then
      say "the Docker engine stays: other containers run in it"
      return
    fi
    say "stopping the Docker engine"
    kill "$pid"
    for _ in $(seq 100); do
      [ -d "/proc/$pid" ] || return 0
      sleep 0.2
    done
    die "The Docker engine (pid $pid) did not stop within 20 s."
  fi
}

if engine_answers; then
  if [ -n "$(containers -a)" ]; then
    say "removing the cluster"
    PATH=$PATH:$("$KIND_DIR/tools.sh") remove_cluster
  fi
  docker network rm kind >/dev/null 2>&1 || true # refused while another kind cluster uses it
  stop_engine
fi
"$KIND_DIR/host-routes.sh" remove
rm -f "$KUBECONFIG"
