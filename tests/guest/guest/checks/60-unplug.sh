# The plug pulled in mid-transfer, and the daemon killed.

the_plug_is_pulled_and_put_back() {
    online
    random 2000000 >/tmp/two
    mark
    modem-ftp put /tmp/two two.bin &
    put=$!
    await 10 moved 200000
    tell unplug
    await 5 test ! -e $DEVICE
    await 5 is_absent
    tell replug
    await 10 test -e $DEVICE
    await 20 is_online
    # It was tried again by itself.
    wait $put
    same "attempts" "$(since_mark | grep -c '^> AT+QFTPPUT=')" 2
    cmp /tmp/two $FTP_ROOT/two.bin
    same "parts left on the server" "$(find $FTP_ROOT -name '*.part')" ""
}

# HUPCL would hang the module up with every restart of the daemon.
a_killed_daemon_leaves_dtr_up() {
    online
    same "DTR before" "$(module dtr)" 1
    kill -KILL "$(cat /run/daemon.pid)"
    await 5 test ! -e "/proc/$(cat /run/daemon.pid)"
    same "DTR after" "$(module dtr)" 1
    start_daemon
    await 20 is_online
}

# What the dead daemon left in data mode must not take the next one's commands for its data.
a_daemon_killed_in_data_mode() {
    online
    truncate -s 300M /var/lib/modem-ftp/long
    client put --detach /var/lib/modem-ftp/long left.bin >/tmp/transfer
    await 10 moved 500000
    mark
    kill -KILL "$(cat /run/daemon.pid)"
    start_daemon
    await 20 is_online
    same "ends of data mode" "$(ends_of_data_mode)" DTR
    the_port_is_in_command_mode
}

check "unplugged in mid-upload and plugged in again: the file arrives whole" the_plug_is_pulled_and_put_back
check "a daemon that is killed leaves DTR up, and the next one takes over" a_killed_daemon_leaves_dtr_up
check "a daemon that is killed in data mode: the next one leaves it before it says anything" a_daemon_killed_in_data_mode
