# Out of data mode in mid-transfer.

# Starts a download of 300 MB, and waits until it is well under way: as fast as USB goes, or at the pace
# of a line at 921600 baud.
long_download() { # fast|paced
    online
    if [ "$1" = paced ]; then
        tell fault fragment=4096
        tell fault slow=44
    fi
    truncate -s 300M $FTP_ROOT/long.bin
    client get --detach long.bin /var/lib/modem-ftp/long >/tmp/transfer
    await 20 moved 300000
}

# Cancels what `long_download` started; fails if the module is in data mode for longer than so many
# hundredths of a second, from the moment the client is started.
cancel_in() { # HUNDREDTHS
    begin=$(now)
    client cancel "$(cat /tmp/transfer)" &
    cancel=$!
    await 20 in_command_mode
    within "from the cancel to command mode" $(($(now) - begin)) "$1"
    wait $cancel
    echo "from the cancel to its answer: $(seconds $(($(now) - begin))) s"
}

a_download_is_cancelled_by_dtr() {
    long_download fast
    mark
    cancel_in 100
    same "ends of data mode" "$(ends_of_data_mode)" DTR
    the_port_is_in_command_mode
}

# Watches the lines of the AT port as TIOCMGET gives them, until they are these or 3 s are over; tells
# the last ones seen.
lines() { # EXPECTED
    perl -e 'my ($device, $expected) = @ARGV; my $lines = "";
        open(my $tty, "+<", $device) or die "$!\n";
        my %bit = (DTR => 2, RTS => 4, DCD => 0x40, RI => 0x80, DSR => 0x100);
        for (1 .. 600) {
            my $bits = pack("i", 0);
            ioctl($tty, 0x5415, $bits) or die "$!\n";
            $bits = unpack("i", $bits);
            $lines = join(" ", grep { $bits & $bit{$_} } sort keys %bit);
            last if $lines eq $expected;
            select(undef, undef, undef, 0.005);
        }
        print "$lines\n"' $DEVICE "$1"
}

# The lines become these.
lines_are() { # WHEN EXPECTED
    same "lines $1" "$(lines "$2")" "$2"
}

the_host_sees_the_modules_lines() {
    long_download paced
    lines_are "in data mode" "DCD DSR DTR RTS"
    { sleep 1; tell urc RING; } &
    lines_are "when a URC comes in data mode" "DCD DSR DTR RI RTS"
    lines_are "after it" "DCD DSR DTR RTS"
    client cancel "$(cat /tmp/transfer)"
    lines_are "in command mode" "DSR DTR RTS"
}

check "a download is cancelled by DTR within a second" a_download_is_cancelled_by_dtr
check "DCD tells the host of data mode, DSR of a module that runs, RI of a URC" the_host_sees_the_modules_lines
