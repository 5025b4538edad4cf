# Checks each of the disks on /dev/vda: mounts it, which replays the journal of the file system, compares
# store and spool with what was acknowledged before the cut, and stores more transactions on it.
cuts=$(option cuts)
size=$(option size)
block=4096
whole=0

check_cut() {
    store-torture verify /mnt/state /tmp/acknowledged >/tmp/result 2>&1 || return 1
    there=$(sed -n 's/.* \([0-9]*\) there.*/\1/p' /tmp/result)
    store-torture write /mnt/state $((there + 2)) >/tmp/more 2>&1 &&
        store-torture verify /mnt/state /tmp/more >>/tmp/more 2>&1 && return 0
    echo "cannot be used on: $(tail -n 1 /tmp/more)" >>/tmp/result
    return 1
}

cut=0
while [ $cut -lt "$cuts" ]; do
    offset=$((cut * (size + block)))
    cut=$((cut + 1))
    dd if=/dev/vda bs=$block skip=$(((offset + size) / block)) count=1 2>/dev/null | tr -d '\0' >/tmp/acknowledged
    losetup -o $offset /dev/loop0 /dev/vda
    verdict=LOST
    if mount -t ext4 /dev/loop0 /mnt 2>/tmp/result; then
        if check_cut; then
            verdict=ok
            whole=$((whole + 1))
        fi
        umount /mnt
    else
        dmesg | tail -n 5
    fi
    echo "cut $cut $verdict: $(cat /tmp/result)"
    losetup -d /dev/loop0
done
echo "verified $cuts, $whole whole"
