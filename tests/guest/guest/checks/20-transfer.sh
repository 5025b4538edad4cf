# A file there and back, through the unmodified programs.

a_file_goes_up_and_comes_back() {
    online
    random 300000 >/tmp/up
    client put /tmp/up up.bin
    cmp /tmp/up $FTP_ROOT/up.bin
    client get up.bin /tmp/down
    cmp /tmp/up /tmp/down
}

check "the daemon, as its own user, brings the module online" online
check "a file goes up and comes back, the same bytes" a_file_goes_up_and_comes_back
