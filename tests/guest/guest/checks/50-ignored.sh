# A module that ignores DTR, as with AT&D0: the daemon uses the escape sequence.

a_stream_is_ended_by_the_escape() {
    online
    tell fault dtr-ignored
    random 500000 >/tmp/stream
    mark
    # shellcheck disable=SC2002
    cat /tmp/stream | client put - escaped.bin
    cmp /tmp/stream $FTP_ROOT/escaped.bin
    same "ends of data mode" "$(ends_of_data_mode)" +++
}

a_download_is_cancelled_by_the_escape() {
    tell fault dtr-ignored
    long_download paced
    mark
    cancel_in 700
    same "ends of data mode" "$(ends_of_data_mode)" +++
    the_port_is_in_command_mode
}

check "a module that ignores DTR: the escape sequence ends a stream" a_stream_is_ended_by_the_escape
check "a module that ignores DTR: the escape sequence cancels a download" a_download_is_cancelled_by_the_escape
