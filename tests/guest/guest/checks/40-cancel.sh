# Out of data mode in mid-transfer.

# Starts a download that takes minutes, and waits until it is well under way.
long_download() {
    online
    truncate -s 300M $FTP_ROOT/long.bin
    client get --detach long.bin /var/lib/modem-ftp/long >/tmp/transfer
    await 10 moved 500000
}

# Cancels what `long_download` started; fails after so many hundredths of a second.
cancel_in() { # HUNDREDTHS
    begin=$(now)
    client cancel "$(cat /tmp/transfer)"
    within "from the cancel to command mode" $(($(now) - begin)) "$1"
}

a_download_is_cancelled_by_dtr() {
    long_download
    mark
    cancel_in 100
    same "ends of data mode" "$(ends_of_data_mode)" DTR
    the_port_is_in_command_mode
}

# The lines of the AT port as TIOCMGET gives them.
lines() {
    perl -e 'open(my $tty, "+<", $ARGV[0]) or die "$!\n"; my $bits = pack("i", 0);
        ioctl($tty, 0x5415, $bits) or die "$!\n"; $bits = unpack("i", $bits);
        my %bit = (DTR => 2, RTS => 4, DCD => 0x40, RI => 0x80, DSR => 0x100);
        print join(" ", grep { $bits & $bit{$_} } sort keys %bit), "\n"' $DEVICE
}

the_host_sees_the_modules_lines() {
    long_download
    same "lines in data mode" "$(lines)" "DCD DSR DTR RTS"
    client cancel "$(cat /tmp/transfer)"
    same "lines in command mode" "$(lines)" "DSR DTR RTS"
}

check "a download is cancelled by DTR within a second" a_download_is_cancelled_by_dtr
check "DTR and RTS are up, DSR says that the module runs, DCD that it carries data" the_host_sees_the_modules_lines
