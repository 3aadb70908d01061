-- The points: of each series and time the one with the highest (version, tie).
--
-- `time` is microseconds since the Unix epoch, as everywhere in the system, rather than timestamptz. Both are
-- eight bytes and are written equally fast; hourly buckets over a million points take a tenth to a third less
-- with whole numbers. People and Grafana read the function `measurements`, which speaks timestamptz.
--
-- Partitions by class, then by time: expiry drops tables. Two levels cost an insert 3 % more than one flat table,
-- and a query that knows only the time still touches only the partitions of that time.
--
-- The key carries the value: a metric's history lies scattered among all that was written at the same time, and
-- one page read for each point made an aggregation over 7 days 6 to 9 times slower. Writes pay 2 to 9 % for it.

CREATE TABLE points (
  series_id integer NOT NULL,
  tie integer NOT NULL,
  time bigint NOT NULL,
  version bigint NOT NULL,
  -- A number; null if the value is anything else, which is then in `document`.
  value double precision,
  retention_class smallint NOT NULL,
  unit text,
  document jsonb,
  tags jsonb,
  metadata jsonb,
  PRIMARY KEY (series_id, retention_class, time) INCLUDE (value)
) PARTITION BY LIST (retention_class);
