# The device is unplugged during a transfer, and the daemon is killed.

the_device_is_unplugged_and_plugged_in_again() {
    online
    random 2000000 >/tmp/two
    mark
    modem-ftp put /tmp/two two.bin &
    put=$!
    await 10 transferred 200000
    tell unplug
    await 5 test ! -e $DEVICE
    await 5 is_absent
    tell replug
    await 10 test -e $DEVICE
    await 20 is_online
    wait $put
    # It is continued, not sent again, and a module that was away costs no attempt.
    same "whole uploads" "$(since_mark | grep -c '^> AT+QFTPPUT=.*"COM:",0,2000000,')" 1
    same "attempts" "$(client --json history --limit 1 | sed -n 's/.*"attempts":\([0-9]*\).*/\1/p')" 1
    cmp /tmp/two $FTP_ROOT/two.bin
    same "staging files on the server" "$(find $FTP_ROOT -name '*.part')" ""
}

# With HUPCL every restart of the daemon would drop DTR.
a_killed_daemon_leaves_dtr_on() {
    online
    same "DTR before" "$(module dtr)" 1
    kill -KILL "$(cat /run/daemon.pid)"
    await 5 test ! -e "/proc/$(cat /run/daemon.pid)"
    same "DTR after" "$(module dtr)" 1
    start_daemon
    await 20 is_online
}

# The module is still in data mode: the next daemon must leave it before it sends commands.
a_daemon_killed_in_data_mode() {
    online
    truncate -s 300M /var/lib/modem-ftp/files/long
    client put --detach /var/lib/modem-ftp/files/long left.bin >/tmp/transfer
    await 10 transferred 500000
    mark
    kill -KILL "$(cat /run/daemon.pid)"
    start_daemon
    await 20 is_online
    same "ends of data mode" "$(ends_of_data_mode)" DTR
    # The next daemon continues the transfer.
    client cancel "$(sed 's/.*transfer.//' /tmp/transfer)"
    the_port_is_in_command_mode
}

check "unplugged during an upload and plugged in again: the complete file arrives" the_device_is_unplugged_and_plugged_in_again
check "a daemon that is killed leaves DTR on, and the next one brings the module online" a_killed_daemon_leaves_dtr_on
check "a daemon that is killed in data mode: the next one leaves data mode first" a_daemon_killed_in_data_mode
