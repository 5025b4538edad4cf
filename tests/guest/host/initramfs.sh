# The guest's file system: busybox, kernel modules, the programs; for ../run also udev, dbus-daemon, ProFTPD.
# To be sourced by ../run and ../power-cut; sets INITRAMFS.
# shellcheck shell=bash

# Copies a program to the same path in the tree, or to PLACE, without debugging symbols, and its libraries
# to the library path of the guest.
program() { # FILE [PLACE]
    local file=$1 place=${2:-$1} library target
    install -D -m 755 "$file" "$TREE$place"
    if command -v strip >/dev/null; then strip --strip-debug "$TREE$place"; fi
    { ldd "$file" 2>/dev/null || true; } | sed -n 's/[^/]*\(\/[^ ]*\).*/\1/p' | while read -r library; do
        case $library in
            /lib/* | /lib64/* | /usr/lib/*) target=$TREE$library ;;
            *) target=$TREE/usr/lib/x86_64-linux-gnu/$(basename "$library") ;;
        esac
        [ -e "$target" ] || install -D -m 755 "$(readlink -f "$library")" "$target"
    done
}

# Begins the tree: busybox, kmod, the kernel's modules, the scripts in the given folder, whose `init` is PID 1.
begin_tree() { # SCRIPTS
    rm -rf "$TREE"
    mkdir -p "$TREE"/{bin,dev,etc,mnt,proc,run,sys,tmp,var/lib,var/log,usr/bin,usr/sbin}
    ln -s usr/sbin "$TREE/sbin"
    ln -s ../run "$TREE/var/run"

    program "$(command -v busybox)" /bin/busybox
    local applet
    for applet in $(busybox --list); do [ -e "$TREE/bin/$applet" ] || ln -s busybox "$TREE/bin/$applet"; done
    rm -f "$TREE/bin/"{modprobe,insmod,depmod,lsmod}
    program "$(readlink -f "$(command -v modprobe)")" /usr/bin/kmod
    for applet in modprobe insmod depmod lsmod; do ln -s ../bin/kmod "$TREE/usr/sbin/$applet"; done

    cp -r "$KERNEL/lib" "$TREE/"
    cp -r "$1" "$TREE/bench"
    ln -s bench/init "$TREE/init"
}

# Packs the tree.
pack_tree() {
    INITRAMFS=$TREE.cpio
    (cd "$TREE" && find . | cpio --quiet -o -H newc -R 0:0) >"$INITRAMFS"
}

initramfs() {
    TREE=$CACHE/tree
    begin_tree "$HERE/guest"

    program "$(command -v dbus-daemon)" /usr/bin/dbus-daemon
    program "$(command -v perl)" /usr/bin/perl # TIOCMGET
    program "$(command -v udevadm)" /usr/bin/udevadm
    ln -s ../usr/bin/udevadm "$TREE/bin/systemd-udevd"
    mkdir -p "$TREE/usr/lib/udev/rules.d"
    # Debian's rules that concern a USB serial port, and the rule of ModemFtp.
    cp /usr/lib/udev/rules.d/{50-udev-default,60-serial,80-drivers,99-systemd}.rules "$TREE/usr/lib/udev/rules.d/"
    cp "$ROOT"/etc/udev/rules.d/*.rules "$TREE/usr/lib/udev/rules.d/"

    # Debian's configuration of the system bus, with the policy of ModemFtp.
    install -D -m 644 /usr/share/dbus-1/system.conf "$TREE/usr/share/dbus-1/system.conf"
    install -D -m 644 -t "$TREE/usr/share/dbus-1/system.d" "$ROOT"/dbus/*.conf

    (export LD_LIBRARY_PATH=$TOOLS/lib && program "$TOOLS/servers/proftpd/usr/sbin/proftpd" /usr/sbin/proftpd)
    cp -r "$HERE/etc/." "$TREE/etc"

    local binary
    for binary in "${BINARIES[@]}"; do program "$BIN/$binary" "/usr/bin/$binary"; done
    pack_tree
}
