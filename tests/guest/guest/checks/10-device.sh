# The device as the kernel and udev see it.

# The device's place in sysfs.
usb_device() { dirname "$(grep -lx 2c7c /sys/bus/usb/devices/*/idVendor)"; }

# The name of the driver of one interface, empty if there is none.
driver_of() { # INTERFACE
    link=$(echo "$(usb_device)"/*:1."$1"/driver)
    if [ -e "$link" ]; then basename "$(readlink "$link")"; fi
}

option_takes_the_ports() {
    for interface in 0 1 2 3; do
        same "driver of interface $interface" "$(driver_of $interface)" option
    done
    same "driver of the network interface" "$(driver_of 4)" ""
    same "serial ports" "$(ls -d /sys/class/tty/ttyUSB* | wc -l)" 4
}

the_at_port_has_its_name() {
    port=$(basename "$(readlink -f $DEVICE)")
    same "interface of $DEVICE" "$(cat "/sys/class/tty/$port/device/../bInterfaceNumber")" 02
    same "group and mode" "$(stat -c '%G %a' "/dev/$port")" "modem-ftp 660"
    for other in /dev/ttyUSB*; do
        [ "$other" = "/dev/$port" ] || same "group of $other" "$(stat -c %G "$other")" dialout
    done
    # Not opened here: a tty that echoes and a module that echoes would talk for ever.
    su -s /bin/sh modem-ftp -c "test -r $DEVICE -a -w $DEVICE"
}

modem_manager_keeps_off() {
    device=$(udevadm info --query=property "$(usb_device)")
    echo "$device" | grep -x ID_MM_DEVICE_IGNORE=1
    for port in /dev/ttyUSB*; do
        udevadm info --query=property "$port" | grep -x ID_MM_PORT_IGNORE=1
    done
    # Another device's port gets neither the name nor the tags.
    if udevadm info --query=property /dev/ttyS0 | grep ID_MM; then return 1; fi
}

check "option binds to interfaces 0 to 3 and leaves the network interface" option_takes_the_ports
check "udev names the AT port $DEVICE and gives it to the group modem-ftp" the_at_port_has_its_name
check "udev tells ModemManager to keep off the device and every port" modem_manager_keeps_off
