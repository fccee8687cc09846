#!/usr/bin/env bash
# kind, helm and kubectl: those on PATH; what is missing is built from its Go
# modules into .cache/bin, which settings.sh puts at the end of PATH. Prints that
# folder, so that others can: PATH=$PATH:$(k8s/kind/tools.sh). With names, only those.
set -euo pipefail
# shellcheck source=k8s/kind/settings.sh
. "$(dirname "$0")/settings.sh"
# shellcheck source=k8s/kind/images/image.sh
. "$KIND_DIR/images/image.sh"
# shellcheck source=k8s/kind/images/programs.sh
. "$KIND_DIR/images/programs.sh"

[ $# -gt 0 ] || set -- kind helm kubectl
for tool in "$@"; do
  command -v "$tool" >/dev/null && continue
  built=$(program "$tool")
  ln -f "$built" "$CACHE_DIR/bin/$tool"
done
echo "$CACHE_DIR/bin"
