# Usage: sh compose-down.sh project [--volumes]   stdin: a pipe held open by the supervisor; COMPOSE_* in the environment
# Takes the containers down when the pipe closes, however the supervisor died.
trap '' INT TERM HUP
while read -r _; do :; done
exec docker compose -p "$1" --profile demo down $2 --timeout 5 >/dev/null 2>&1 </dev/null
