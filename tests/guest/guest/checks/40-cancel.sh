# Leaving data mode during a transfer.

# Starts a download of 300 MB, as fast as USB or at 921600 baud, and waits until 300 kB have arrived.
long_download() { # fast|paced
    online
    if [ "$1" = paced ]; then
        tell fault fragment=4096
        tell fault slow=44
    fi
    truncate -s 300M $FTP_ROOT/long.bin
    client get --detach long.bin /var/lib/modem-ftp/files/long >/tmp/transfer
    await 20 transferred 300000
}

# Cancels that download; fails if the module leaves data mode later than the given hundredths of a second
# after the start of the client.
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

# Reads the modem lines of the AT port with TIOCMGET until they are as expected, for at most 3 s; prints
# the last ones.
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

# Checks that the modem lines become these.
lines_are() { # WHEN EXPECTED
    same "lines $1" "$(lines "$2")" "$2"
}

the_host_reads_the_modules_lines() {
    long_download paced
    lines_are "in data mode" "DCD DSR DTR RTS"
    { sleep 1; tell urc RING; } &
    lines_are "when a URC comes in data mode" "DCD DSR DTR RI RTS"
    lines_are "after it" "DCD DSR DTR RTS"
    client cancel "$(cat /tmp/transfer)"
    lines_are "in command mode" "DSR DTR RTS"
}

check "a cancelled download leaves data mode by DTR within a second" a_download_is_cancelled_by_dtr
check "DCD is on in data mode, DSR while the module runs, RI at a URC" the_host_reads_the_modules_lines
