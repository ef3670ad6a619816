#!/bin/sh
# Migrates the data: a little work. One release in thirty-three has a warning for each row, some 300 KB of them on stderr.
row=0
while [ "$row" -lt 3000 ]; do
    row=$((row + 1))
    case $(($1 % 100)) in
        33 | 66 | 99) echo "warning: row $row has a column that release $1 does not know; it is kept, and the next release will drop it" >&2 ;;
    esac
done
echo "release $1: $row rows migrated"
