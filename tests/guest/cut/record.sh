# Stores transactions and spools files on /dev/vda; their acknowledgements go behind the file system.
last=$(option last)
size=$(option size)

# Dirty pages are written back within a tenth of a second and not only by fsync, so that the disk holds
# parts of what was not synchronized.
echo 10 >/proc/sys/vm/dirty_writeback_centisecs
echo 10 >/proc/sys/vm/dirty_expire_centisecs

mount -t ext4 -o "$(option mount)" /dev/vda /mnt
# Another program that writes to the same file system and synchronizes nothing.
(
    mkdir /mnt/other
    number=0
    while [ ! -e /tmp/end ]; do
        head -c 100000 /usr/bin/store-torture >/mnt/other/new
        mv /mnt/other/new /mnt/other/$((number % 8))
        number=$((number + 1))
        usleep 50000
    done
) &
other=$!

torture="store-torture write /mnt/state"
$torture $((last / 3)) /dev/vda "$size"
# Once more, killed while it writes; the next one finds the log of the database.
$torture "$last" /dev/vda "$size" &
usleep 500000
kill -9 $!
wait $! || true
$torture "$last" /dev/vda "$size"
touch /tmp/end
wait $other
umount /mnt
echo "recorded $last"
