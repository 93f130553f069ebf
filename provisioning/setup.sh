# shellcheck shell=sh
# Set-up shared by provisioning/demo and tests/run, for Debian 12 and 13 and Raspberry Pi OS, 64 bits. Sourced with ROOT set
# to the clone. Safe to run again: what is done already is found out by stamps and costs a fraction of a second.

VENV=${ROOT:?}/.venv
export DEBIAN_FRONTEND=noninteractive
export PIP_USER=0 PIP_DISABLE_PIP_VERSION_CHECK=1 # a user's pip settings must not lead packages out of the environment

# A program started with its input closed would have the next file that it opens as its input.
if ! { true 3<&0; } 2>/dev/null; then
    exec </dev/null
fi

# Progress, on a terminal; one line a step elsewhere.
say() {
    printf 'Vigie: %s\n' "$*" >&2
}

fail() {
    say "$*"
    exit 1
}

on_terminal() {
    [ -t 2 ]
}

# Runs a command without its chatter, which is shown only if it fails. On a terminal it is shown as it comes.
step() {
    say "$1"
    shift
    if on_terminal; then
        "$@" >&2
        return
    fi
    step_log=$(mktemp)
    if "$@" >"$step_log" 2>&1; then
        rm -f "$step_log"
    else
        step_status=$?
        cat "$step_log" >&2
        rm -f "$step_log"
        return "$step_status"
    fi
}

may_install() {
    command -v apt-get >/dev/null && { [ "$(id -u)" -eq 0 ] || sudo -n true 2>/dev/null; }
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        sudo -n env DEBIAN_FRONTEND=noninteractive "$@"
    fi
}

# Debian packages named in a file (`name  # why`), one a line: prints those that are not installed.
missing_packages() {
    sed -e 's/#.*//' -e 's/[[:space:]]//g' -e '/^$/d' "$1" | while read -r package; do
        state=$(dpkg-query --show --showformat '${db:Status-Status}' "$package" 2>/dev/null) || state=absent
        [ "$state" = installed ] || printf '%s ' "$package"
    done
}

# Installs what is missing of such a file, or says what a person has to install.
debian_packages() {
    if ! command -v dpkg-query >/dev/null; then
        say "this is no Debian; the packages named in $1 are needed"
        return
    fi
    missing=$(missing_packages "$1")
    [ -n "$missing" ] || return 0
    may_install || fail "these Debian packages are missing: $missing
Install them, then start this again:  sudo apt-get install $missing"
    if [ -z "${lists_fetched:-}" ]; then
        # A list that cannot be fetched may be one we do not need: what counts is whether the packages install.
        step "fetching the lists of Debian packages" as_root apt-get update || true
        lists_fetched=yes
    fi
    # shellcheck disable=SC2086 # one word a package
    step "installing $missing" as_root apt-get install --yes --no-install-recommends \
        -o DPkg::Lock::Timeout=300 $missing
}

usable_python() {
    "$1" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null
}

# Sets PYTHON: VIGIE_PYTHON where it is set, else the newest Python that can make virtual environments.
find_python() {
    for name in ${VIGIE_PYTHON:-python3.13 python3.12 python3.11 python3}; do
        if PYTHON=$(command -v "$name") && usable_python "$PYTHON"; then
            return 0
        fi
    done
    return 1
}

# What the environment must agree with: where it lies, its Python, and what the lock asks of it.
fingerprint() {
    "$VENV/bin/python" -c '
import hashlib, pathlib, sys
print(sys.prefix, sys.version, sys._base_executable)
for name in sys.argv[2:]:
    print(hashlib.sha256(pathlib.Path(sys.argv[1], name).read_bytes()).hexdigest(), name)
' "$ROOT" pyproject.toml provisioning/setup.sh "$(lock_of "$1")" 2>/dev/null
}

lock_of() {
    printf 'provisioning/requirements/%s-%s.txt' "$1" \
        "$("$VENV/bin/python" -c 'import sys; print("cp%d%d" % sys.version_info[:2])')"
}

up_to_date() {
    [ -x "$VENV/bin/vigie" ] && [ -f "$VENV/vigie-$1" ] && [ "$(fingerprint "$1")" = "$(cat "$VENV/vigie-$1")" ] &&
        { [ -z "${VIGIE_PYTHON:-}" ] || { find_python && made_by_python; }; }
}

# Whether .venv was made here, by PYTHON as it is now, and still runs.
made_by_python() {
    [ "$(cat "$VENV/vigie-python" 2>/dev/null)" = "$(python_identity)" ] && "$VENV/bin/python" -c '' 2>/dev/null
}

# Makes .venv hold the set `box` or `dev` of locked packages, and the project itself, editable.
virtual_environment() {
    up_to_date "$1" && return
    case $(uname -sm) in
        'Linux x86_64' | 'Linux aarch64') ;;
        *) fail "Vigie runs on 64-bit Linux, x86-64 or ARM; this is $(uname -sm)" ;;
    esac
    find_python || debian_packages "$ROOT/provisioning/packages.txt"
    find_python || fail "no Python 3.11, 3.12 or 3.13 that makes virtual environments (Debian package python3-venv)"
    if ! made_by_python; then
        step "making a virtual environment with $PYTHON" "$PYTHON" -m venv --clear "$VENV"
        python_identity >"$VENV/vigie-python"
    fi
    rm -f "$VENV/vigie-box" "$VENV/vigie-dev"
    step "installing Python packages" \
        "$VENV/bin/python" -m pip install --require-hashes --no-deps --only-binary=:all: -r "$ROOT/$(lock_of "$1")"
    step "installing Vigie" \
        "$VENV/bin/python" -m pip install --no-index --no-build-isolation --no-deps --editable "$ROOT"
    fingerprint box >"$VENV/vigie-box" # what dev holds, box holds too
    [ "$1" = box ] || fingerprint "$1" >"$VENV/vigie-$1"
}

python_identity() {
    "$PYTHON" -c 'import sys; print(sys.argv[1], sys.version, sys._base_executable)' "$VENV"
}

# Compiles what would else be compiled at the first packet, whenever a source changed: a fresh text, or a fresh time.
warm_up() {
    sources=$(cd "$ROOT" && find sensor dashboard rules provisioning -name '*.py' -exec stat -c '%n %s %Y' {} + | sort | sha256sum)
    [ "$(cat "$VENV/vigie-warm" 2>/dev/null)" != "$sources" ] || return 0
    step "compiling" "$VENV/bin/python" -m compileall -q "$ROOT/sensor" "$ROOT/dashboard" "$ROOT/rules"
    step "compiling the packet loop (a minute or so)" "$VENV/bin/python" "$ROOT/provisioning/warm.py"
    printf '%s\n' "$sources" >"$VENV/vigie-warm"
}
