-- Makes a server known to the coordinator as a shard of an index (docs/postgresql.md). For each shard, counted from 0, before
-- the first build:
--
--     SHARD_PASSWORD=… psql -d COORDINATOR -v shard=0 -v host=HOST,STANDBY -v port=5432,5432 -v database=DATABASE -v user=USER -f coordinator.sql

\set ON_ERROR_STOP on
SET client_min_messages TO warning;
\getenv password SHARD_PASSWORD
\set server citewell_shard_ :shard

CREATE EXTENSION IF NOT EXISTS vector SCHEMA public;
CREATE EXTENSION IF NOT EXISTS postgres_fdw SCHEMA public;
CREATE SERVER :"server" FOREIGN DATA WRAPPER postgres_fdw OPTIONS (
    host :'host', port :'port', dbname :'database', connect_timeout '5',
    keepalives_idle '10', keepalives_interval '5', keepalives_count '3',
    extensions 'vector', async_capable 'true'
);
CREATE USER MAPPING FOR CURRENT_USER SERVER :"server" OPTIONS (user :'user', password :'password');
