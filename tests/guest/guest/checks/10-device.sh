# The USB device in the kernel and in udev.

# The device's path in sysfs.
usb_device() { dirname "$(grep -lx 2c7c /sys/bus/usb/devices/*/idVendor)"; }

# The driver of one interface; empty if there is none.
driver_of() { # INTERFACE
    link=$(echo "$(usb_device)"/*:1."$1"/driver)
    if [ -e "$link" ]; then basename "$(readlink "$link")"; fi
}

option_binds_to_the_ports() {
    for interface in 0 1 2 3; do
        same "driver of interface $interface" "$(driver_of $interface)" option
    done
    same "driver of the network interface" "$(driver_of 4)" ""
    same "serial ports" "$(ls -d /sys/class/tty/ttyUSB* | wc -l)" 4
}

the_at_port_has_its_link() {
    port=$(basename "$(readlink -f $DEVICE)")
    same "interface of $DEVICE" "$(cat "/sys/class/tty/$port/device/../bInterfaceNumber")" 02
    same "group and mode" "$(stat -c '%G %a' "/dev/$port")" "modem-ftp 660"
    for other in /dev/ttyUSB*; do
        [ "$other" = "/dev/$port" ] || same "group of $other" "$(stat -c %G "$other")" dialout
    done
    # Not opened here: a tty with echo and a module with echo would send to each other for ever.
    su -s /bin/sh modem-ftp -c "test -r $DEVICE -a -w $DEVICE"
}

modem_manager_ignores_the_device() {
    device=$(udevadm info --query=property "$(usb_device)")
    echo "$device" | grep -x ID_MM_DEVICE_IGNORE=1
    for port in /dev/ttyUSB*; do
        udevadm info --query=property "$port" | grep -x ID_MM_PORT_IGNORE=1
    done
    # The port of another device gets no such properties.
    if udevadm info --query=property /dev/ttyS0 | grep ID_MM; then return 1; fi
}

check "the option driver binds to interfaces 0 to 3 and not to the network interface" option_binds_to_the_ports
check "udev links $DEVICE to the AT port and gives the port to the group modem-ftp" the_at_port_has_its_link
check "udev tells ModemManager to ignore the device and all its ports" modem_manager_ignores_the_device
