#!/bin/sh
# Waits until the new release answers. Two in a hundred never do, and the wait takes no notice of SIGTERM; one in two hundred is waited for without a pause. Ten minutes,
# and a minute of CPU time, at most, for this is somebody's machine.
case $(($1 % 200)) in
    7 | 57 | 107 | 157) trap '' TERM; exec sleep 600 ;;
    13) trap '' TERM; ulimit -t 60; until [ -e "/nonexistent/answer-of-$1" ]; do :; done ;;
    *) exec sleep 0.05 ;;
esac
