# An upload and a download with the unmodified programs.

a_file_is_uploaded_and_downloaded() {
    online
    random 300000 >/tmp/up
    client put /tmp/up up.bin
    cmp /tmp/up $FTP_ROOT/up.bin
    client get up.bin /tmp/down
    cmp /tmp/up /tmp/down
}

check "the daemon, as its own user, brings the module online" online
check "a file is uploaded and downloaded, with the same bytes" a_file_is_uploaded_and_downloaded
