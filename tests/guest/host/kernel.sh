# The guest's kernel: Debian's standard kernel with the modules that the checks need.
# To be sourced by ../run and ../power-cut; sets KERNEL (a folder with vmlinuz and lib/modules/VERSION).
# shellcheck shell=bash

# The driver of the modem, the virtual host controller, a disk; the file system that loses power.
MODULES=(option vhci-hcd virtio_pci virtio_blk ext4 loop)

# The package that linux-image-amd64 depends on; empty if apt does not know it.
newest() { apt-cache depends linux-image-amd64 2>/dev/null | sed -n 's/^ *Depends: //p' | head -n 1; }

download() { (cd "$CACHE/unpack" && apt-get download -qq -o APT::Sandbox::User=root "$1"); }

# Downloads the kernel that linux-image-amd64 depends on, once per version; if apt does not know it, uses
# the newest kernel that was downloaded before.
kernel() {
    local package
    package=$(newest)
    if [ -z "$package" ]; then
        as_root apt-get update -qq || true
        package=$(newest)
    fi
    if [ -z "$package" ]; then
        KERNEL=$(find "$CACHE" -maxdepth 1 -name 'linux-image-*' -printf '%T@ %p\n' 2>/dev/null | sort -n | tail -n 1 | cut -d ' ' -f 2-)
        [ -n "$KERNEL" ] || die "apt knows no linux-image-amd64, and no kernel was fetched before"
        return
    fi
    KERNEL=$CACHE/$package
    # The file lists the modules that are there.
    [ "$(cat "$KERNEL/complete" 2>/dev/null)" != "${MODULES[*]}" ] || return 0
    say "fetching $package (70 MB, once)"
    rm -rf "$KERNEL" "$CACHE/unpack"
    mkdir -p "$KERNEL" "$CACHE/unpack"
    download "$package" || { as_root apt-get update -qq && download "$package"; } || die "cannot fetch $package"
    (cd "$CACHE/unpack" && dpkg -x ./*.deb tree)
    local tree=$CACHE/unpack/tree version module
    version=$(ls "$tree/lib/modules")
    depmod -b "$tree" "$version"
    cp "$tree/boot/vmlinuz-$version" "$KERNEL/vmlinuz"
    # Each line is "insmod PATH [OPTIONS]"; PATH without the tree is the path in the kernel's folder.
    for module in "${MODULES[@]}"; do
        modprobe -d "$tree" -S "$version" --show-depends "$module"
    done | sort -u | while read -r _ path _; do
        [ -e "$path" ] || continue
        install -D -m 644 "$path" "$KERNEL/${path#"$tree"/}"
    done
    cp "$tree/lib/modules/$version"/modules.{order,builtin,builtin.modinfo} "$KERNEL/lib/modules/$version/"
    depmod -b "$KERNEL" "$version"
    rm -rf "$CACHE/unpack"
    echo "${MODULES[*]}" >"$KERNEL/complete"
}
