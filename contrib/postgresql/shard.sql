-- Prepares the database of a shard, in which rows of an index are kept that is spread (docs/postgresql.md):
--
--     psql -d SHARD -f shard.sql

CREATE EXTENSION IF NOT EXISTS vector SCHEMA public;
CREATE SCHEMA citewell;
CREATE TABLE citewell.postings (shard int4 NOT NULL, segment int4 NOT NULL, "field" text COLLATE "C" NOT NULL, "form" text COLLATE "C" NOT NULL, "block" int4 NOT NULL, "count" int4 NOT NULL, "passages" bytea NOT NULL, "frequencies" bytea NOT NULL, "positions" bytea NOT NULL, "seal" bytea NOT NULL, "positions_seal" bytea NOT NULL, PRIMARY KEY (segment, field, form, block, shard));
CREATE TABLE citewell.vectors (shard int4 NOT NULL, segment int4 NOT NULL, "number" int4 NOT NULL, "vector" halfvec NOT NULL, PRIMARY KEY (segment, number, shard));
ALTER TABLE citewell.vectors ALTER vector SET STORAGE PLAIN;
CREATE VIEW citewell.shard AS SELECT 3 AS version, NOT EXISTS (SELECT FROM citewell.postings) AND NOT EXISTS (SELECT FROM citewell.vectors) AS is_empty, pg_total_relation_size('citewell.postings') + pg_total_relation_size('citewell.vectors') AS bytes;
