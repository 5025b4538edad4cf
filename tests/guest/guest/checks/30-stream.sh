# Data of unknown length: its end is told by DTR, not by bytes.

a_stream_is_ended_by_dtr() {
    online
    random 5000000 >/tmp/stream
    mark
    # From a pipe: a file would tell its length.
    # shellcheck disable=SC2002
    cat /tmp/stream | client put - stream.bin
    cmp /tmp/stream $FTP_ROOT/stream.bin
    same "ends of data mode" "$(ends_of_data_mode)" DTR
}

# Half an escape at the end, with the silences of one around it: data, every byte.
a_stream_may_end_like_an_escape() {
    online
    mark
    { random 5000; sleep 1; printf '++'; sleep 1; printf '+'; } | tee /tmp/plus | client put - plus.bin
    cmp /tmp/plus $FTP_ROOT/plus.bin
    same "ends of data mode" "$(ends_of_data_mode)" DTR
}

check "5 MB from a pipe are ended by DTR, byte for byte" a_stream_is_ended_by_dtr
check "a stream that ends in plus signs is ended by DTR too" a_stream_may_end_like_an_escape
