# Uploads of unknown length: DTR ends data mode, not a byte sequence.

a_stream_is_ended_by_dtr() {
    online
    random 5000000 >/tmp/stream
    mark
    # From a pipe, which has no length.
    # shellcheck disable=SC2002
    cat /tmp/stream | client put - stream.bin
    cmp /tmp/stream $FTP_ROOT/stream.bin
    same "ends of data mode" "$(ends_of_data_mode)" DTR
}

# A part of the escape sequence at the end, between pauses of a guard time, is data.
a_stream_may_end_with_plus_signs() {
    online
    mark
    { random 5000; sleep 1; printf '++'; sleep 1; printf '+'; } | tee /tmp/plus | client put - plus.bin
    cmp /tmp/plus $FTP_ROOT/plus.bin
    same "ends of data mode" "$(ends_of_data_mode)" DTR
}

check "5 MB from a pipe arrive, and DTR ends data mode" a_stream_is_ended_by_dtr
check "a stream that ends with plus signs arrives, and DTR ends data mode" a_stream_may_end_with_plus_signs
