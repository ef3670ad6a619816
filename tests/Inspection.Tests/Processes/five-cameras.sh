# Runs the rest of the command line beside five simulated GigE Vision cameras, and kills the last camera once the program shows progress, if $1 is "kill". Starts as the
# first process of namespaces of its own, so that nothing is broadcast outside and nothing outlives it.
fate=$1; shift
ip link set lo up || exit 77
cameras=
for i in 2 3 4 5 6; do
    ip addr add "127.0.0.$i/8" dev lo || exit 77
    arv-fake-gv-camera-0.8 -i "127.0.0.$i" -s "GV0$i" >/dev/null 2>&1 &
    cameras="$cameras $!"
done

# Each listens on the control port once it is up.
for _ in $(seq 300); do
    [ "$(ss -lunH 'sport = :3956' | wc -l)" -ge 5 ] && break
    sleep 0.1
done

said=$(mktemp -u) && mkfifo "$said" || exit 77
"$@" >"$said" &
program=$!
while IFS= read -r line; do
    printf '%s\n' "$line"
    case $fate$line in
        kill*processed*) kill -9 "${cameras##* }"; fate=killed ;;
    esac
done <"$said"
rm -f "$said"
wait "$program"
