#!/usr/bin/env bash
# What a new cluster needs of this machine: disk, memory, two ports (with the argument `ports`: these alone, for one
# that is started again). One line for the first thing that is missing. Sees the engine's disk only when it is local.
set -euo pipefail
# shellcheck source=k8s/kind/settings.sh
. "$(dirname "$0")/settings.sh"

holder() { # PORT: who listens on it
  local line
  line=$(ss -Hltnp "sport = :$1" 2>/dev/null | sed -n 's/.*users:(("\([^"]*\)",pid=\([0-9]*\).*/\1 (pid \2)/p' | head -n 1)
  [ -n "$line" ] || line=$(lsof -nP -iTCP:"$1" -sTCP:LISTEN 2>/dev/null | awk 'NR==2 {print $1 " (pid " $2 ")"}')
  echo "${line:-another process}"
}

check_room() {
  local folder free_gb memory_gb
  folder=$(docker info -f '{{.DockerRootDir}}')
  if [ -d "$folder" ]; then
    free_gb=$(df -P -k "$folder" | awk 'NR==2 {print int($4 / 1048576)}')
    [ "$free_gb" -ge 10 ] || die "$folder has $free_gb GB free; the cluster and its images need 10 GB."
  fi
  memory_gb=$(docker info -f '{{.MemTotal}}' | awk '{print int($1 / 1e9)}')
  [ "$memory_gb" -ge 5 ] || die "The Docker engine has $memory_gb GB of memory; the cluster with the shop needs 5 GB."
}

[ "${1:-}" = ports ] || check_room
for port in "$HTTP_PORT" "$HTTPS_PORT"; do
  if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
    die "Port $port on localhost is held by $(holder "$port"): stop it, then run this again."
  fi
done
