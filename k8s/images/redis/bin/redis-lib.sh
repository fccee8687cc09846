# shellcheck shell=bash
# Shared by the commands of this image: where things are, who may log in, how to ask a server with a deadline.
# Passwords reach redis-cli by the environment, never as an argument (arguments show in `ps`).
set -euo pipefail

: "${POD_NAME:?}" "${POD_NAMESPACE:?}" "${MEMBERS:?}" "${SENTINELS:?}"
MASTER_NAME=${MASTER_NAME:-main}
CREDENTIALS_DIR=${CREDENTIALS_DIR:-/etc/secrets/redis-credentials}
# The set's certificate (ca.crt, tls.crt, tls.key); empty: everything in clear, for sets on one machine.
TLS_DIR=${TLS_DIR:-}
DATA_DIR=${DATA_DIR:-/data}
RUN_DIR=${RUN_DIR:-/tmp/redis}
REDIS_PORT=6379
SENTINEL_PORT=26379
LOCAL_HOST=${BIND_ADDRESS:-127.0.0.1}

log() { printf '%s %s: %s\n' "$(date -u +%FT%TZ)" "${0##*/}" "$*" >&2; }

# A mark on the volume from the start until everything is loaded: found at a start, the last one never came so far.
loading_begins() { touch "$DATA_DIR/loading"; }
loading_ended() { rm -f "$DATA_DIR/loading"; }
loading_broke_off() { [ -e "$DATA_DIR/loading" ]; }

# For the log, and for Kubernetes to show as the reason why the container ended.
last_words() {
  log "$*"
  if [ -w /dev/termination-log ]; then printf '%s\n' "$*" >/dev/termination-log; fi
}

# The passwords in use: a copy of the mounted ones, made at the start and, after a change, once all others know them.
readonly passwords_in_use=$RUN_DIR/passwords roles='app metrics operator replication sentinel'
take_passwords() {
  local role
  mkdir -p "$passwords_in_use"
  for role in $roles; do
    cp -L "$CREDENTIALS_DIR/$role-password" "$passwords_in_use/.$role"
    mv "$passwords_in_use/.$role" "$passwords_in_use/$role-password"
  done
}

# A password file holds one or more words, newest first: all are accepted, the first is used to log in.
passwords_in() { awk '{ for (i = 1; i <= NF; i++) print $i }' "$1/$2-password"; }
passwords() {
  if [ -d "$passwords_in_use" ]; then passwords_in "$passwords_in_use" "$1"; else passwords_in "$CREDENTIALS_DIR" "$1"; fi
}
password() { passwords "$1" | sed -n 1p; }
# A word as a configuration file and redis-cli's standard input take it, whatever is in it: a password may come from people.
quoted() { sed 's/[\\"]/\\&/g; s/.*/"&"/'; }

# One hash of all passwords in a folder. Shown as the password of a user who is off, it tells the operator which ones
# this node uses: the old ones are removed when no node and no app does any more.
mark_of() {
  local role
  for role in $roles; do passwords_in "$1" "$role" | awk -v role="$role" '{ printf " %s", $0 } END { print ":" role }'; done |
    sha256sum | cut -d' ' -f1
}

# password_hashes ROLE [FOLDER]: "#<sha256>" for every accepted password: the ACL never holds one in clear.
password_hashes() {
  local word
  passwords_in "${2:-$passwords_in_use}" "$1" | while read -r word; do
    printf '#%s ' "$(printf %s "$word" | sha256sum | cut -d' ' -f1)"
  done
}

# The user `replica` logs in with the key replication-password; every other user's key has its own name.
key_of_user() { if [ "$1" = replica ]; then echo replication; else echo "$1"; fi; }

# Certified by the set's own authority, who certifies nobody else: redis-cli, as Redis itself, compares no names.
tls_options=()
if [ -n "$TLS_DIR" ]; then tls_options=(--tls --cacert "$TLS_DIR/ca.crt"); fi

# cli USER HOST PORT COMMAND...: one command, at most CLI_SECONDS (one second).
cli() {
  local user=$1 host=$2 port=$3
  shift 3
  REDISCLI_AUTH=$(password "$(key_of_user "$user")") \
    timeout "${CLI_SECONDS:-1}" redis-cli "${tls_options[@]}" --no-auth-warning --user "$user" -h "$host" -p "$port" "$@"
}

# Configuration of a listener at PORT: with a certificate it and every link to others speak TLS, and nothing else.
# Clients show none: they have passwords.
listen_at() {
  if [ -z "$TLS_DIR" ]; then
    echo "port $1"
    return
  fi
  cat <<CONF
port 0
tls-port $1
tls-replication yes
tls-auth-clients no
tls-protocols TLSv1.3
tls-cert-file $TLS_DIR/tls.crt
tls-key-file $TLS_DIR/tls.key
tls-ca-cert-file $TLS_DIR/ca.crt
CONF
}

# The stable address of a pod: its own Service's ClusterIP. kubelet hands it over as a variable, so that
# neither a start nor a failover depends on DNS; the lookup is for pods older than their Service.
address_of() {
  local variable=${1^^}
  variable=${variable//-/_}_SERVICE_HOST
  if [ -n "${!variable:-}" ]; then
    echo "${!variable}"
  else
    timeout 2 getent ahostsv4 "$1.$POD_NAMESPACE.svc" | awk 'NR == 1 { print $1 }'
  fi
}

own_address() {
  local address=${ANNOUNCE_IP:-}
  until [ -n "$address" ]; do
    address=$(address_of "$POD_NAME" || true)
    [ -n "$address" ] || { log "the Service $POD_NAME has no address yet"; sleep 1; }
  done
  echo "$address"
}

ask_sentinel() {
  local address
  address=$(address_of "$1") || return 0
  ask_sentinel_at "$address"
}
ask_sentinel_at() {
  { cli replica "$1" "$SENTINEL_PORT" sentinel get-master-addr-by-name "$MASTER_NAME" || true; } |
    awk 'NR == 1 && /^[0-9.]+$/'
}

# The master's address when more than half of all Sentinels name the same one; empty otherwise.
agreed_master() {
  local sentinel total=0
  local -a names
  IFS=, read -ra names <<<"$SENTINELS"
  total=${#names[@]}
  for sentinel in "${names[@]}"; do ask_sentinel "$sentinel" 2>/dev/null & done | sort | uniq -c | sort -rn |
    awk -v total="$total" 'NR == 1 && $1 * 2 > total { print $2 }'
}

# Lets the app, replicas and Sentinels in. Until then only the operator (and metrics) can log in. Who dialled before
# was refused, and would keep that connection: closed, it logs in anew.
open_gate() {
  local user type
  for user in replica sentinel app; do
    cli operator "$LOCAL_HOST" "$REDIS_PORT" acl setuser "$user" on >/dev/null
  done
  for type in normal pubsub; do
    cli operator "$LOCAL_HOST" "$REDIS_PORT" client kill type "$type" skipme yes >/dev/null
  done
}
