# Usage: sh compose-down.sh project   stdin: a pipe held open by the supervisor; COMPOSE_* in the environment
# Takes the containers down when the pipe closes, however the supervisor died.
trap '' INT TERM HUP
while read -r _; do :; done
exec docker compose -p "$1" --profile demo down --volumes --timeout 5 >/dev/null 2>&1 </dev/null
