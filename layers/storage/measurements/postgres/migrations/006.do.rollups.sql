-- Each series' hours summed up ahead of time, so that long ranges need not read every point.
--
-- An hour of a series is in one of three states:
--   touched   points of it were written or deleted since it was last summed up; what `rollups` says of it is void
--   claimed   as touched, and it is being summed up
--   neither   `rollups` says exactly what its points say; where it says nothing, there are none
-- A touch that comes while the hour is claimed is another row: it cannot be lost with the claim.

CREATE TABLE rollups (
  series_id integer NOT NULL,
  start bigint NOT NULL,
  retention_class smallint NOT NULL,
  count integer NOT NULL,
  -- How many of them are numbers, and over these alone:
  numbers integer NOT NULL,
  -- Null if there are none, or if they are too large to be added up.
  sum double precision,
  min double precision,
  max double precision,
  -- The times of the first and the last point.
  oldest bigint NOT NULL,
  newest bigint NOT NULL,
  PRIMARY KEY (series_id, start)
);

-- For what expires.
CREATE INDEX rollups_by_start ON rollups (retention_class, start);

CREATE TABLE touched_hours (
  series_id integer NOT NULL,
  start bigint NOT NULL,
  PRIMARY KEY (series_id, start)
);

-- The newest are summed up first.
CREATE INDEX touched_hours_by_start ON touched_hours (start);

CREATE TABLE claimed_hours (
  series_id integer NOT NULL,
  start bigint NOT NULL,
  -- Transactions from this one on find the hour claimed. Older ones may have found it touched and added nothing, so
  -- that the claim stands for what they wrote: they must have ended. Null until the next transaction says its id.
  claimed_before xid8,
  PRIMARY KEY (series_id, start)
);

CREATE INDEX claimed_hours_by_start ON claimed_hours (start);

-- A trigger, so that nobody can write a point and forget: neither a former version that still runs, nor a person.
-- It runs behind the write, in its transaction, which has its id by then: rolling up rests on that. A row that is
-- there already costs no more than finding it.
CREATE FUNCTION touch_hours() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO touched_hours
  SELECT DISTINCT series_id, time - time % 3600000000 FROM changed ORDER BY 1, 2
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END
$$;

CREATE TRIGGER touch_inserted AFTER INSERT ON points REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION touch_hours();

CREATE TRIGGER touch_updated AFTER UPDATE ON points REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION touch_hours();

CREATE TRIGGER touch_deleted AFTER DELETE ON points REFERENCING OLD TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION touch_hours();

INSERT INTO touched_hours SELECT DISTINCT series_id, time - time % 3600000000 FROM points;
