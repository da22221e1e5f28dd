#!/bin/sh
# Puts the files of a member in place in its container, and becomes the server that the arguments name.
#
# INITIALIZE=yes is for the very first start of an ensemble: members that have no data may vote then. Later a member that
# has lost its volume starts without it, and votes again once it has fetched the data.
set -eu
files=${FILES:-/zkops}
if [ -z "${MEMBER_ID:-}" ]; then
  # in Kubernetes the number behind the pod's name tells which of POD_IDS it has
  MEMBER_ID=$(echo "$POD_IDS" | cut -d ' ' -f "$((${POD_NAME##*-} + 1))")
fi
mkdir -p '{{confDir}}' '{{dataDir}}/version-2' '{{logDir}}/version-2'
if [ ! -e '{{dataDir}}/myid' ]; then
  echo "$MEMBER_ID" >'{{dataDir}}/myid'
elif [ "$(cat '{{dataDir}}/myid')" != "$MEMBER_ID" ]; then
  echo "{{dataDir}} belongs to member $(cat '{{dataDir}}/myid'), and this is member $MEMBER_ID" >&2
  exit 1
fi
# a server whose ensemble was reconfigured has the members in a file of its own, which stays in force
own=$(sed -n 's/^dynamicConfigFile=\(.*\.dynamic\.[0-9a-f]*\)$/\1/p' '{{confDir}}/zoo.cfg' 2>/dev/null || true)
for file in {{confFiles}}; do
  cp "$files/$file" '{{confDir}}/'
done
if [ -n "$own" ] && [ -e "$own" ]; then
  sed -i "s|^dynamicConfigFile=.*|dynamicConfigFile=$own|" '{{confDir}}/zoo.cfg'
fi
# the server takes this away
if [ "${INITIALIZE:-}" = yes ] && [ -z "$(find '{{dataDir}}/version-2' '{{logDir}}/version-2' -type f)" ]; then
  : >'{{logDir}}/initialize'
fi
# the image hands data and logs to the server's user, and a reconfig writes beside zoo.cfg as well
if [ "$(id -u)" = 0 ] && id zookeeper >/dev/null 2>&1; then
  chown -R zookeeper '{{confDir}}'
fi
exec "$@"
