# Data of unknown length: its end is told by DTR, not by bytes.

a_stream_is_ended_by_dtr() {
    random 5000000 >/tmp/stream
    mark
    cat /tmp/stream | client put - stream.bin
    cmp /tmp/stream $FTP_ROOT/stream.bin
    same "ends of data mode" "$(since_mark | grep 'ends data mode')" "* DTR ends data mode"
}

check "5 MB from a pipe are ended by DTR, byte for byte" a_stream_is_ended_by_dtr
