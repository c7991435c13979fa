#!/bin/sh
# Starts a database server. The first time it is a copy of the one that takes changes; if there is none yet, db1 is a new one.
#
# A primary that was replaced does not come back as one, because two would take different changes: remove its volume.
set -eu
primary="host=db1,db2,db3 user=$POSTGRES_USER password=$POSTGRES_PASSWORD target_session_attrs=read-write connect_timeout=3"
name=$(hostname)

copied() {
    rm -rf "${PGDATA:?}"
    install --directory --owner=postgres --group=postgres --mode=0700 "$PGDATA"
    gosu postgres pg_basebackup --dbname "$primary" --pgdata "$PGDATA" --wal-method=stream --checkpoint=fast
}

has_primary() {
    # This one does not run yet, so it is another one that answers.
    psql "$primary dbname=$POSTGRES_DB" --quiet --command "SELECT" > /dev/null 2>&1
}

if [ ! -s "$PGDATA/PG_VERSION" ]; then
    if has_primary || [ "$name" != db1 ]; then
        until copied; do sleep 2; done
        echo "primary_conninfo = '$primary application_name=$name'" >> "$PGDATA/postgresql.auto.conf"
        gosu postgres touch "$PGDATA/standby.signal"
    fi
elif [ ! -f "$PGDATA/standby.signal" ] && has_primary; then
    echo "$name was replaced as the primary; remove its volume, and it comes back as a standby" >&2
    sleep 30
    exit 1
fi
exec docker-entrypoint.sh postgres -c wal_keep_size=512MB -c wal_retrieve_retry_interval=500ms
