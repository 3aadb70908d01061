-- A class for every number of days that somebody asks for: expiry is exact to the definition's days, and there are as
-- many classes as different retentions are in use, which is few.
--
-- Any number of callers at once: the first makes it, the others wait for its commit and find it there.

CREATE FUNCTION ensure_retention_class(class smallint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM retention_classes WHERE days = class) THEN
    RETURN;
  END IF;
  INSERT INTO retention_classes VALUES (class, greatest(1, class / 10)) ON CONFLICT DO NOTHING;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  EXECUTE format('CREATE TABLE points_%s (LIKE points INCLUDING ALL) PARTITION BY RANGE (time)', class);
  EXECUTE format('ALTER TABLE points ATTACH PARTITION points_%s FOR VALUES IN (%s)', class, class);
END
$$;
