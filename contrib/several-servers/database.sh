#!/bin/sh
# Starts a database server. The first time it is a copy of the one that takes changes; if there is none yet, db1 is a new one.
#
# A primary that was replaced must not come back as one: before it starts again, remove its volume, and it becomes a standby.
set -eu
primary="host=db1,db2,db3 user=$POSTGRES_USER password=$POSTGRES_PASSWORD target_session_attrs=read-write connect_timeout=3"
name=$(hostname)

copied() {
    rm -rf "${PGDATA:?}"
    install --directory --owner=postgres --group=postgres --mode=0700 "$PGDATA"
    gosu postgres pg_basebackup --dbname "$primary" --pgdata "$PGDATA" --wal-method=stream --checkpoint=fast
}

if [ ! -s "$PGDATA/PG_VERSION" ]; then
    if psql "$primary dbname=$POSTGRES_DB" --quiet --command "SELECT" > /dev/null 2>&1 || [ "$name" != db1 ]; then
        until copied; do sleep 2; done
        echo "primary_conninfo = '$primary application_name=$name'" >> "$PGDATA/postgresql.auto.conf"
        gosu postgres touch "$PGDATA/standby.signal"
    fi
fi
exec docker-entrypoint.sh postgres -c wal_keep_size=512MB -c wal_retrieve_retry_interval=500ms
