# Usage: sh guard.sh command args...   stdin: a pipe held open by the supervisor
# Becomes the command. A watcher in the same process group reads the pipe; at its end, however the
# supervisor died, the watcher kills the whole group. The caller makes this process a group leader.
exec 3<&0 </dev/null
(
  trap '' TERM INT HUP
  exec >/dev/null 2>&1
  while read -r _; do :; done <&3
  kill -KILL "-$$"
) &
exec "$@" 3<&-
