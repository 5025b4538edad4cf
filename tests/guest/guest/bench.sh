# The gateway: udev, the system bus, an FTP server, the module on USB, the daemon; all as installed.

DEVICE=/dev/modem-ftp
FTP_ROOT=/var/lib/ftp
CONTROL=/run/virtual-bg96.control
DIALOGUE=/var/log/dialogue

setup_bench() {
    systemd-udevd --daemon
    udevadm trigger --type=subsystems --action=add
    udevadm trigger --type=devices --action=add
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

# What helps to understand a failure: the last lines of everything that talks.
on_failure() {
    for log in dialogue module daemon; do
        [ -s /var/log/$log ] || continue
        echo "-- $log"
        tail -n 12 /var/log/$log
    done
}
