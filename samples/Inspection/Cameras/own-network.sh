# Becomes the rest of the command line in a network of its own, with loopback addresses for $1 cameras: what is broadcast in it is heard by nobody else, and it goes with
# the last process in it. Whoever is not root needs a user namespace for that. Where neither is allowed, it stays in the network of the machine, and says so by the variable.
count=$1
shift
rm -f "${TMPDIR:-/tmp}/dotnet-diagnostic-$$-"* # of the program that this process was a moment ago: its successor wants the same name
for own in "unshare --net" "unshare --user --map-root-user --net"; do
    if $own sh -c 'ip link set lo up && ip address add 127.0.0.2/8 dev lo' 2>/dev/null; then
        export INSPECTION_NETWORK=own
        exec $own sh -c '
            last=$(($1 + 1))
            shift
            ip link set lo up
            for i in $(seq 2 "$last"); do ip address add "127.0.0.$i/8" dev lo; done
            exec "$@"' sh "$count" "$@"
    fi
done
export INSPECTION_NETWORK=machine
exec "$@"
