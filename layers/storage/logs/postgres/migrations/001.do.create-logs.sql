-- Log entries and the archive of events. Times are microseconds since the Unix epoch, as everywhere.
--
-- `key` is a hash of what tells one row from another at its time: of an entry its id, of an event (source, id),
-- which may be longer than an index takes. `words` is what an entry is found by; the words are made by the program
-- (words.ts), which makes those of a search too, so that no text search configuration has a part in it.

CREATE TABLE log_entries (
  time bigint NOT NULL,
  accepted_at bigint NOT NULL,
  key uuid NOT NULL,
  -- 0 to 5: trace, debug, info, warn, error, fatal.
  level smallint NOT NULL,
  id text NOT NULL,
  service text COLLATE "C" NOT NULL,
  message text NOT NULL,
  correlation_id text COLLATE "C",
  trace_id text,
  span_id text,
  host text,
  stack text,
  attributes jsonb NOT NULL,
  words tsvector NOT NULL,
  PRIMARY KEY (time, key)
) PARTITION BY RANGE (time);

CREATE INDEX log_entries_by_words ON log_entries USING gin (words);
CREATE INDEX log_entries_by_service ON log_entries (service, time);
CREATE INDEX log_entries_by_level ON log_entries (level, time);
CREATE INDEX log_entries_by_correlation ON log_entries (correlation_id, time) WHERE correlation_id IS NOT NULL;

-- `event` is json and not jsonb: what is archived stays as it was, down to the order of its keys.

CREATE TABLE archived_events (
  time bigint NOT NULL,
  archived_at bigint NOT NULL,
  key uuid NOT NULL,
  id text COLLATE "C" NOT NULL,
  source text COLLATE "C" NOT NULL,
  type text COLLATE "C" NOT NULL,
  correlation_id text COLLATE "C" NOT NULL,
  -- The keys of the events that it names as its parents.
  parents uuid[],
  event json NOT NULL,
  PRIMARY KEY (time, key)
) PARTITION BY RANGE (time);

CREATE INDEX archived_events_by_key ON archived_events (key);
CREATE INDEX archived_events_by_id ON archived_events (id);
CREATE INDEX archived_events_by_type ON archived_events (type, time);
-- A source may be longer than an index takes.
CREATE INDEX archived_events_by_source ON archived_events (left(source, 255), time);
CREATE INDEX archived_events_by_correlation ON archived_events (correlation_id, time);
CREATE INDEX archived_events_by_parent ON archived_events USING gin (parents) WHERE parents IS NOT NULL;

-- Expiry drops partitions: days of entries, weeks of events, which live longer and are looked up by id in all of them.

CREATE TABLE log_partition_widths (
  parent text PRIMARY KEY,
  days smallint NOT NULL
);

INSERT INTO log_partition_widths VALUES ('log_entries', 1), ('archived_events', 7);

-- Makes sure that rows of this time have a partition, and says from when to when it reaches. Any number of callers
-- at once: the first makes it, the others wait and find it there. Made apart and attached, under the lock that
-- ATTACH takes anyway: readers and writers pass.

CREATE FUNCTION create_log_partition(parent_table text, at bigint, OUT lower bigint, OUT upper bigint)
LANGUAGE plpgsql AS $$
DECLARE
  width bigint;
  partition text;
BEGIN
  SELECT days * 86400000000 INTO STRICT width FROM log_partition_widths WHERE parent = parent_table;
  lower := at - (at % width + width) % width;
  upper := lower + width;
  partition := parent_table || to_char(to_timestamp(lower / 1000000) AT TIME ZONE 'UTC', '_YYYYMMDD');
  IF to_regclass(partition) IS NOT NULL THEN
    RETURN;
  END IF;
  EXECUTE format('LOCK TABLE ONLY %I IN SHARE UPDATE EXCLUSIVE MODE', parent_table);
  IF to_regclass(partition) IS NOT NULL THEN
    RETURN;
  END IF;
  EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL)', partition, parent_table);
  EXECUTE format(
    'ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%s) TO (%s)', parent_table, partition, lower, upper);
END
$$;
