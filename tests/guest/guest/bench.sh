# The gateway: udev, the system bus, an FTP server, the module on USB and the daemon, as installed.

DEVICE=/dev/modem-ftp
FTP_ROOT=/var/lib/ftp
CONTROL=/run/virtual-bg96.control
DIALOGUE=/var/log/dialogue

setup_bench() {
    systemd-udevd --daemon
    udevadm trigger --action=add --subsystem-match=tty
    udevadm settle --timeout=10
    modprobe vhci-hcd
    mkdir -p /run/dbus
    dbus-daemon --system --nopidfile --nofork >/var/log/bus 2>&1 &
    await 5 test -S /run/dbus/system_bus_socket
    start_server
    start_module
    await 10 test -e $DEVICE
    udevadm settle --timeout=10
}

# ProFTPD with one account, gw17.
start_server() {
    mkdir -p $FTP_ROOT /run/proftpd
    printf 'gw17:%s:0:0::%s:/bin/sh\n' "$(mkpasswd -m sha256 secret)" $FTP_ROOT >/run/proftpd/accounts
    printf 'root:x:0:\n' >/run/proftpd/groups
    chmod 600 /run/proftpd/*
    proftpd --nodaemon --config /etc/proftpd.conf >/var/log/proftpd 2>&1 &
    await 10 listening 21
}

listening() { netstat -lnt | grep -q "127.0.0.1:$1 "; }

start_module() {
    virtual-bg96 --usb --control $CONTROL --log $DIALOGUE --ufs /var/lib/ufs >/var/log/module 2>&1 &
    echo $! >/run/module.pid
}

# Removes faults and transfers, so that the next check starts with a working and idle module.
clean_up() {
    tell clear all
    if [ -e /tmp/transfer ]; then client cancel "$(cat /tmp/transfer)"; fi
    rm -f /tmp/transfer
}

# Prints the last lines of all logs.
on_failure() {
    for log in dialogue module daemon; do
        [ -s /var/log/$log ] || continue
        echo "-- $log"
        tail -n 12 /var/log/$log
    done
}

# Sends a command to the running module (see virtual-bg96 --help).
tell() { virtual-bg96 --control $CONTROL --tell "$*"; }

# Runs the client, for at most a minute.
client() { timeout 60 modem-ftp "$@"; }

# Starts the daemon as its own user, as its unit does.
start_daemon() {
    mkdir -p /var/lib/modem-ftp/state /var/lib/modem-ftp/files
    chown -R modem-ftp:modem-ftp /var/lib/modem-ftp /etc/modem-ftp
    chmod 600 /etc/modem-ftp/plant.password
    su -s /bin/sh modem-ftp -c 'exec modem-ftpd' >>/var/log/daemon 2>&1 &
    echo $! >/run/daemon.pid
}

# Starts the daemon if it does not run, and waits until the module is online.
online() {
    [ -e /run/daemon.pid ] || start_daemon
    await 20 is_online
}

# The module's state, from the client's JSON output.
state() { client --json status | sed -n 's/.*"state": *"\([a-z]*\)".*/\1/p'; }
is_online() { [ "$(state)" = online ]; }
is_absent() { [ "$(state)" = absent ]; }

# A counter or a state of the module: its answers to `stats` and `state` are lists of NAME=NUMBER.
module() { # NAME
    case $1 in
        *bytes* | data_ns) question=stats ;;
        *) question=state ;;
    esac
    for pair in $(tell $question); do
        [ "${pair%=*}" != "$1" ] || echo "${pair#*=}"
    done
}

in_command_mode() { [ "$(module data_mode)" = 0 ]; }

# True if at least this many bytes of the running transfer have passed the port.
transferred() { [ "$(module data_mode)" = 1 ] && [ "$(module data_bytes)" -ge "$1" ]; }

# Prints this many random bytes.
random() { head -c "$1" /dev/urandom; }

# `since_mark` and `ends_of_data_mode` read the dialogue from here on.
mark() { wc -l <$DIALOGUE >/run/mark; }
since_mark() { tail -n +"$(($(cat /run/mark) + 1))" $DIALOGUE; }

# What ended data mode early since the mark: DTR or +++, once for each time.
ends_of_data_mode() {
    since_mark | sed -n 's/^[*] \(.*\) ends data mode$/\1/p' | xargs
}

# Checks that the port is in command mode: commands get their own answers, and transfers work.
the_port_is_in_command_mode() {
    random 20000 >$FTP_ROOT/small.bin
    same "data mode" "$(module data_mode)" 0
    client stat small.bin | grep -w 20000
    client get small.bin /tmp/small
    cmp $FTP_ROOT/small.bin /tmp/small
}
