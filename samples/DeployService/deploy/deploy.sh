#!/bin/sh
# Deploys release $1, through the tools beside it: a tree of processes, most of whose runs take a tenth of a second. What a release needs is told by its number,
# so each run of it is alike; some of them go wrong in the ways that deployments do (see the README).
tools=${0%/*}/tools
echo "release $1: unpack"
sh "$tools/unpack.sh" "$1" || exit 1
sh "$tools/tell.sh" "$1" &
sh "$tools/migrate.sh" "$1" || exit 1
case $(($1 % 100)) in
    21 | 71) sh "$tools/agent.sh" "$1" ;;
    42) echo "release $1: the package is damaged" >&2; exit 3 ;;
esac
sh "$tools/await-answer.sh" "$1" || exit 1
wait
echo "release $1: deployed"
