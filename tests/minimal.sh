# shellcheck shell=sh
# Minimal Debian systems (what Debian calls minbase, and git), made once by debootstrap and kept in
# ${XDG_CACHE_HOME:-~/.cache}/vigie; sourced by tests/fresh and tests/lab/roots, which set `scratch`, a folder of their own.
# Where packages come from, and which certificates are trusted, is read from this machine: apt's sources and settings, pip's
# settings, names, certificates.
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/vigie

# The minimal system of suite $1, unpacked into folder $2.
minimal() {
    tar=$CACHE/$1-$(dpkg --print-architecture).tar
    if [ ! -f "$tar" ]; then
        mkdir -p "$CACHE"
        # shellcheck disable=SC2016 # apt's words, not the shell's
        mirror=$(apt-get indextargets --format '$(LABEL) $(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' |
            awk '$1 == "Debian" { print $2; exit }')
        # shellcheck disable=SC2154 # of the script that sources this
        debootstrap --variant=minbase --include=ca-certificates,git "$1" "$scratch/base" "$mirror" >"$scratch/log" ||
            { cat "$scratch/log"; exit 1; }
        tar -C "$scratch/base" --one-file-system -cf "$tar.half" .
        mv "$tar.half" "$tar"
        rm -rf "$scratch/base"
    fi
    mkdir "$2"
    tar -C "$2" -xf "$tar"
}

# What this machine knows of its network, without saying it here.
as_this_machine() {
    cp /etc/hosts /etc/resolv.conf "$1/etc/"
    apt-config dump Acquire >"$1/etc/apt/apt.conf.d/99machine"
    cp /etc/ssl/certs/ca-certificates.crt "$1/etc/ssl/certs/"
    for settings in /etc/pip.conf "$HOME/.config/pip/pip.conf" "$HOME/.pip/pip.conf"; do
        [ ! -f "$settings" ] || cat "$settings" >>"$1/etc/pip.conf"
    done
    mount -t proc proc "$1/proc"
    mount -t sysfs sysfs "$1/sys"
    mount --rbind /dev "$1/dev"
}
