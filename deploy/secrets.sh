#!/bin/sh
# Makes the secrets of docker-compose.yml in deploy/secrets, long and at random; those that are there are kept.
# `asterisk` is not at random: put the secret of the switchboard's account into it.
set -eu
folder=${1:-$(dirname "$0")/secrets}
mkdir -p "$folder"
# Nobody else may enter; the files themselves must be readable for the users inside the containers.
chmod 700 "$folder"
for name in mqtt_monitor mqtt_telephone postgres grafana asterisk; do
    if [ ! -s "$folder/$name" ]; then
        head -c 24 /dev/urandom | base64 | tr -d '\n' > "$folder/$name"
        chmod 444 "$folder/$name"
        echo "made $folder/$name"
    fi
done
