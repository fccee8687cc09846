#!/usr/bin/env bash
# A Docker engine: the one that runs; else, for root on Debian, installed from
# Debian's packages and started. The user's /etc/docker/daemon.json is read, never
# written. down.sh stops the engine only if this script started it (its pid file).
set -euo pipefail
# shellcheck source=k8s/kind/settings.sh
. "$(dirname "$0")/settings.sh"

# Does this machine's bounding set miss a capability the kernel knows?
lacks_capabilities() {
  local have all
  have=$((0x$(sed -n 's/^CapBnd:[[:space:]]*//p' /proc/self/status)))
  all=$(((1 << ($(cat /proc/sys/kernel/cap_last_cap) + 1)) - 1))
  [ $((have & all)) != "$all" ]
}

refuse_unless_root_on_debian() {
  if [ -S /var/run/docker.sock ] && [ ! -w /var/run/docker.sock ]; then
    die "Docker is there, but $(id -un) may not use it: add the user to the group docker, or use sudo."
  fi
  if [ "$(id -u)" != 0 ] || [ ! -f /etc/debian_version ]; then
    die "No Docker engine answers: start Docker (Desktop, colima, systemctl start docker) and run this again."
  fi
}

# Only what is not there: docker.io would take the place of a Docker from elsewhere that is merely stopped.
missing_packages() {
  command -v dockerd >/dev/null && command -v docker >/dev/null || echo docker.io iproute2
  command -v iptables >/dev/null || echo iptables
  # for write_configuration, which systemd's engine does without
  [ -d /run/systemd/system ] || command -v jq >/dev/null || echo jq
}

install_engine() {
  local packages
  read -r -d '' -a packages < <(missing_packages) || true
  [ ${#packages[@]} -gt 0 ] || return 0
  say "installing the Docker engine from Debian's packages"
  apt-get update -qq
  # A package of its own since trixie; before, docker.io brings the client.
  if [[ " ${packages[*]} " == *" docker.io "* ]] && apt-cache show docker-cli >/dev/null 2>&1; then
    packages+=(docker-cli)
  fi
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null ||
    die "apt-get could not install ${packages[*]}; look at its messages above."
}

# The user's daemon.json plus our runtime, as a file of our own.
write_configuration() {
  local theirs=/etc/docker/daemon.json ours='{}'
  mkdir -p "$RUN_DIR" /usr/local/lib/myclothes
  if lacks_capabilities; then
    install -m 0755 "$KIND_DIR/runc-capped" /usr/local/lib/myclothes/runc-capped
    ours='{"runtimes":{"capped":{"path":"/usr/local/lib/myclothes/runc-capped"}},"default-runtime":"capped"}'
  fi
  [ -s "$theirs" ] || theirs=/dev/null
  jq -s --argjson ours "$ours" '(.[0] // {}) * $ours' "$theirs" >"$RUN_DIR/daemon.json"
}

start_engine() {
  # One that is slow to answer (a loaded machine) is waited for: two would share their data.
  ! grep -qsx dockerd /proc/[0-9]*/comm || return 0
  say "starting the Docker engine"
  if [ -d /run/systemd/system ]; then
    mkdir -p "$RUN_DIR"
    touch "$RUN_DIR/by-systemd"
    systemctl start docker || die "systemctl could not start docker: see journalctl -u docker"
    return
  fi
  write_configuration
  setsid dockerd --config-file "$RUN_DIR/daemon.json" --pidfile "$RUN_DIR/docker.pid" \
    >/var/log/myclothes-dockerd.log 2>&1 </dev/null &
}

engine_answers && exit 0
refuse_unless_root_on_debian
install_engine
engine_answers && exit 0 # installing may have started it
start_engine
for _ in $(seq 60); do
  engine_answers && exit 0
  sleep 0.5
done
die "The Docker engine did not start within 30 s: see /var/log/myclothes-dockerd.log"
