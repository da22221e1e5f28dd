#!/bin/sh
# Puts the files of member {{id}} in place on its host, for its very first start. Run it as root.
set -eu
cd "$(dirname "$0")"
for directory in '{{dataDir}}' '{{logDir}}'; do
  if [ -e "$directory/version-2" ]; then
    echo "$directory/version-2 exists: this member has data, and must not be started as a new one" >&2
    exit 1
  fi
done
for directory in '{{confDir}}' '{{dataDir}}' '{{dataDir}}/version-2' '{{logDir}}' '{{logDir}}/version-2'; do
  install -d -o zookeeper -g zookeeper -m 750 "$directory"
done
for file in {{confFiles}}; do
  install -o zookeeper -g zookeeper -m 640 "$file" '{{confDir}}'
done
install -o zookeeper -g zookeeper -m 640 myid '{{dataDir}}/myid'
# allows one start without data; the server removes it
if [ -e initialize ]; then
  install -o zookeeper -g zookeeper -m 640 initialize '{{logDir}}/initialize'
fi
install -m 644 '{{unit}}' /etc/systemd/system
systemctl daemon-reload
echo 'Start it with: systemctl enable --now {{unit}}'
