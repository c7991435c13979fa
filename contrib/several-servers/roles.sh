#!/bin/sh
# Makes the three roles in a new database, and lets standbys follow it; the image runs it once.
set -eu
psql --quiet --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" --set ON_ERROR_STOP=1 \
    --set builder="$BUILDER_PASSWORD" --set web="$WEB_PASSWORD" <<'SQL'
CREATE EXTENSION IF NOT EXISTS vector;
CREATE ROLE citewell_builder LOGIN PASSWORD :'builder';
CREATE ROLE citewell_reader LOGIN PASSWORD :'web';
CREATE ROLE citewell_keeper LOGIN PASSWORD :'web';
CREATE SCHEMA citewell AUTHORIZATION citewell_builder;
GRANT USAGE ON SCHEMA citewell TO citewell_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE citewell_builder IN SCHEMA citewell GRANT SELECT ON TABLES TO citewell_reader;
CREATE SCHEMA citewell_state AUTHORIZATION citewell_keeper;
-- From the next start on, a change is made when it is on two servers, so that the loss of one loses nothing.
ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 (db1, db2, db3)';
SQL
echo "host replication $POSTGRES_USER all scram-sha-256" >> "$PGDATA/pg_hba.conf"
