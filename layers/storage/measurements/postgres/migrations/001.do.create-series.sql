-- What was measured where: a point refers to it by four bytes. A series belongs to one retention class for ever;
-- from `valid_from` on (microseconds since the Unix epoch) points of its device and metric belong to it, so that
-- another retention is another row.

CREATE TABLE retention_classes (
  days smallint PRIMARY KEY,
  -- Expiry drops whole partitions: a tenth of the retention keeps both their number and the overhang small.
  partition_days smallint NOT NULL
);

-- Names sort by their bytes, whatever the database's own collation: pages of answers rest on their order.
CREATE TABLE series (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  device_id text COLLATE "C" NOT NULL,
  metric_name text COLLATE "C" NOT NULL,
  retention_class smallint NOT NULL DEFAULT 90 REFERENCES retention_classes,
  valid_from bigint NOT NULL DEFAULT 0,
  UNIQUE (device_id, metric_name, valid_from)
);

CREATE INDEX series_by_metric ON series (metric_name, device_id);
