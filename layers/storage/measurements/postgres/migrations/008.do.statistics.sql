-- How many points there are, by the hour of their time, without counting them: whatever inserts or deletes points says
-- so in the same transaction. Of an INSERT that updates what is there already, only the new rows count.
--
-- Appended, one row for each statement and hour, so that writers never wait for each other; rolled up every minute.

CREATE TABLE counted_points (
  -- When it was counted, in microseconds since the Unix epoch.
  at bigint NOT NULL,
  retention_class smallint NOT NULL,
  start bigint NOT NULL,
  points bigint NOT NULL
);

CREATE TABLE hour_counts (
  retention_class smallint NOT NULL,
  start bigint NOT NULL,
  points bigint NOT NULL,
  PRIMARY KEY (retention_class, start)
);

CREATE FUNCTION count_points() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  sign bigint := CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END;
BEGIN
  INSERT INTO counted_points
  SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint,
    retention_class, time - time % 3600000000, sign * count(*)
  FROM changed GROUP BY 2, 3;
  RETURN NULL;
END
$$;

CREATE TRIGGER count_inserted AFTER INSERT ON points REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION count_points();

CREATE TRIGGER count_deleted AFTER DELETE ON points REFERENCING OLD TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION count_points();

INSERT INTO hour_counts
SELECT retention_class, time - time % 3600000000, count(*) FROM points GROUP BY 1, 2;

-- How many devices report each metric. In order, so that two writers never wait for each other in a circle. A metric
-- whose retention changed has a second series, which is none more.

CREATE TABLE metric_counts (
  metric_name text COLLATE "C" PRIMARY KEY,
  devices bigint NOT NULL
);

CREATE FUNCTION count_series() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO metric_counts AS stored
  SELECT metric_name, count(*) FROM created WHERE valid_from = 0 GROUP BY metric_name ORDER BY metric_name
  ON CONFLICT (metric_name) DO UPDATE SET devices = stored.devices + excluded.devices;
  RETURN NULL;
END
$$;

CREATE TRIGGER count_created AFTER INSERT ON series REFERENCING NEW TABLE AS created
FOR EACH STATEMENT EXECUTE FUNCTION count_series();

INSERT INTO metric_counts SELECT metric_name, count(*) FROM series WHERE valid_from = 0 GROUP BY metric_name;
