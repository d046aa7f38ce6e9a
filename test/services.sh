#!/usr/bin/env bash
# Installs, on Debian and its likes, what some tests start: PostgreSQL, NATS, faketime for clocks that differ,
# and Python for the peers written in it.
# Installs nothing when all is there. Needs root or sudo; without them it says what is missing and fails.
set -euo pipefail

missing=()
# need PACKAGE COMMAND...: the command succeeds where the package is not needed any more.
need() {
  "${@:2}" &>/dev/null || missing+=("$1")
}
installed() {
  PATH="$PATH:/usr/sbin" command -v "$1" || compgen -G "/usr/lib/postgresql/*/bin/$1"
}
need postgresql installed postgres
need nats-server installed nats-server
need python3-venv python3 -c "import ensurepip, venv"
need faketime compgen -G "/usr/lib/*/faketime/libfaketime.so.1"
[ ${#missing[@]} -eq 0 ] && exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then as_root=(sudo -n); fi
if ! command -v apt-get >/dev/null || ! "${as_root[@]}" true 2>/dev/null; then
  echo "Missing, and only root can install it, with apt: ${missing[*]}" >&2
  exit 1
fi

log=$(mktemp)
undo() {
  rm -f "$log"
  if [ -n "${policy:-}" ]; then "${as_root[@]}" rm -f "$policy"; fi
}
trap undo EXIT

# The tests start servers of their own: what the packages bring must not run beside them.
if [ ! -e /usr/sbin/policy-rc.d ]; then
  policy=/usr/sbin/policy-rc.d
  printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
  "${as_root[@]}" chmod +x "$policy"
fi

apt() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120 "$@" >"$log" 2>&1 ||
    { cat "$log" >&2 && return 1; }
}
echo "Installing ${missing[*]}"
apt update
apt install -y --no-install-recommends "${missing[@]}"
