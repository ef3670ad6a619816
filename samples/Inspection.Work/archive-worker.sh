#!/bin/sh
# Packs frames for an archive. Reads one frame of $1 bytes from its input, packs it, answers with the packed size on a line, and waits for the
# next frame; ends when its input ends. Used by both servers: one starts it for every job, the other once.
while :; do
    packed=$(head -c "$1" | gzip -1 -c | wc -c)
    # Nothing packs to 20 bytes: the input is over.
    [ "$packed" -gt 20 ] || exit 0
    echo "$packed"
done
