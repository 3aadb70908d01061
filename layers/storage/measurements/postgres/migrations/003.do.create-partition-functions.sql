-- Tables are made apart and attached, here and below: CREATE TABLE … PARTITION OF would wait for every query that
-- runs, and everybody else would wait behind it.

CREATE FUNCTION create_retention_class(days smallint, partition_days smallint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO retention_classes VALUES (days, partition_days);
  EXECUTE format('CREATE TABLE points_%s (LIKE points INCLUDING ALL) PARTITION BY RANGE (time)', days);
  EXECUTE format('ALTER TABLE points ATTACH PARTITION points_%s FOR VALUES IN (%s)', days, days);
END
$$;

SELECT create_retention_class(90::smallint, 7::smallint);

-- Makes sure that points of this class and time have a partition, and says from when to when it reaches. Any
-- number of callers at once: the first makes it, the others wait and find it there.
--
-- The lock is the one that ATTACH takes anyway; readers and writers pass. An advisory lock would not do: it does
-- not refresh what a session believes to exist.
--
-- Answers read the index alone where vacuum has been: often, then. It passes over pages that it has seen before.

CREATE FUNCTION create_points_partition(class smallint, at bigint, OUT lower bigint, OUT upper bigint)
LANGUAGE plpgsql AS $$
DECLARE
  width bigint;
  parent text := format('points_%s', class);
  partition text;
BEGIN
  SELECT partition_days * 86400000000 INTO STRICT width FROM retention_classes WHERE days = class;
  lower := at - (at % width + width) % width;
  upper := lower + width;
  partition := parent || to_char(to_timestamp(lower / 1000000) AT TIME ZONE 'UTC', '_YYYYMMDD');
  IF to_regclass(partition) IS NOT NULL THEN
    RETURN;
  END IF;
  EXECUTE format('LOCK TABLE ONLY %I IN SHARE UPDATE EXCLUSIVE MODE', parent);
  IF to_regclass(partition) IS NOT NULL THEN
    RETURN;
  END IF;
  EXECUTE format(
    'CREATE TABLE %I (LIKE %I INCLUDING ALL)
     WITH (autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 100000)',
    partition, parent);
  EXECUTE format(
    'ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%s) TO (%s)', parent, partition, lower, upper);
END
$$;
