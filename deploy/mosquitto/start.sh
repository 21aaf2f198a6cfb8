#!/bin/sh
# Makes the broker's password file from the secrets mqtt_NAME, one account a secret, and starts the broker.
set -eu
umask 077
secrets=${SECRETS:-/run/secrets}
passwords=${PASSWORDS:-/run/mosquitto/passwords}
: > "$passwords"
for secret in "$secrets"/mqtt_*; do
    name=${secret##*/mqtt_}
    printf '%s:%s\n' "$name" "$(cat "$secret")" >> "$passwords"
done
mosquitto_passwd -U "$passwords"
exec mosquitto -c "${CONFIGURATION:-/mosquitto/config/mosquitto.conf}"
