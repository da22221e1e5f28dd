#!/bin/bash
# Asks the member in this container.
#
#   live    it answers, whatever it says. A member without a leader is alive: to restart it would only make it worse
#   ready   it serves clients as a member of a quorum; alone or read-only it does not
set -u
exec 3<>/dev/tcp/{{clientHost}}/{{clientPort}} || exit 1
case $1 in
live) printf ruok >&3 ;;
ready) printf srvr >&3 ;;
esac
# ends with what was read when the server closes the connection
IFS= read -r -t 4 -d '' answer <&3
case $1 in
live) [ -n "$answer" ] ;;
ready) grep -Eq '^Mode: (leader|follower|observer)$' <<<"$answer" ;;
esac
