#!/usr/bin/env bash
# Leaves nothing running: removes the cluster with its volumes, the routes on this
# machine, and stops the engine if docker-engine.sh started it. Images stay.
set -euo pipefail
# shellcheck source=k8s/kind/settings.sh
. "$(dirname "$0")/settings.sh"
# shellcheck source=k8s/kind/health.sh
. "$KIND_DIR/health.sh"

is_by_systemd() { [ -f "$RUN_DIR/by-systemd" ]; }

our_engine() { # the process number of the one that docker-engine.sh started by itself
  local pid
  [ -s "$RUN_DIR/docker.pid" ] && pid=$(cat "$RUN_DIR/docker.pid") || return 1
  # After a restart of the machine the number may be anybody's.
  [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = dockerd ] && echo "$pid"
}

stop_process() { # PID
  kill "$1"
  for _ in $(seq 100); do
    [ -d "/proc/$1" ] || return 0
    sleep 0.2
  done
  die "The Docker engine (pid $1) did not stop within 20 s."
}

stop_engine() {
  local pid
  pid=$(our_engine) || is_by_systemd || return 0
  if [ -n "$(docker ps -q)" ]; then
    say "the Docker engine stays: other containers run in it"
    return
  fi
  say "stopping the Docker engine"
  if is_by_systemd; then
    systemctl stop docker.socket docker
    rm -f "$RUN_DIR/by-systemd"
  else
    stop_process "$pid"
  fi
}

# Stopped nodes of another kind cluster hold it too, and Docker refuses only for those that run.
remove_network() {
  [ -n "$(docker ps -aq --filter network=kind)" ] || docker network rm kind >/dev/null 2>&1 || true
}

if engine_answers; then
  if [ -n "$(containers -a)" ]; then
    say "removing the cluster"
    PATH=$PATH:$("$KIND_DIR/tools.sh") remove_cluster
  fi
  remove_network
  stop_engine
else
  say "no Docker engine answers: what is left of a cluster stays until one does"
fi
"$KIND_DIR/host-routes.sh" remove
rm -f "$KUBECONFIG"
