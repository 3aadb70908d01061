-- The audit: one row per event, each with the hash of the one before it (layers/core/audit.ts says how it is
-- made). Rows are added and never touched again. The two unique hashes keep even writers that hold no lock from
-- forking the chain or adding an event twice.

CREATE TABLE audit_entries (
  position bigint PRIMARY KEY CHECK (position > 0),
  recorded_at bigint NOT NULL,
  -- of the event's source and id together, which may be longer than an index takes
  identity bytea NOT NULL UNIQUE CHECK (octet_length(identity) = 32),
  source text NOT NULL,
  id text NOT NULL,
  type text NOT NULL,
  time bigint NOT NULL,
  correlation_id text NOT NULL,
  userid text,
  -- json and not jsonb: kept as it was written, \u0000 in a text included
  event json NOT NULL,
  previous_hash bytea NOT NULL UNIQUE CHECK (octet_length(previous_hash) = 32),
  hash bytea NOT NULL CHECK (octet_length(hash) = 32)
);

CREATE INDEX audit_entries_type ON audit_entries (type, position);
CREATE INDEX audit_entries_source ON audit_entries (md5(source), position);
CREATE INDEX audit_entries_correlation_id ON audit_entries (correlation_id, position);
CREATE INDEX audit_entries_time ON audit_entries (time);

CREATE FUNCTION refuse_change_of_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit is append-only: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER audit_entries_are_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_audit();

-- ALWAYS: a session that says it replicates is refused too.
ALTER TABLE audit_entries ENABLE ALWAYS TRIGGER audit_entries_are_kept;

REVOKE UPDATE, DELETE, TRUNCATE ON audit_entries FROM PUBLIC;
