-- Every increment is written three times: to its minute, its hour and its day (span 1, 60 and 1440 minutes), so
-- that a range of any length is the sum of few rows: whole days, then hours and minutes at its two ends.
-- `start` counts minutes since the epoch. `labels` is a hash of the labels: they themselves may be longer than an
-- index takes.

CREATE TABLE usage_counts (
  span smallint NOT NULL,
  start integer NOT NULL,
  labels uuid NOT NULL,
  type text NOT NULL,
  vendor text NOT NULL,
  tier text NOT NULL,
  endpoint text NOT NULL,
  cache text NOT NULL,
  outcome text NOT NULL,
  count bigint NOT NULL,
  PRIMARY KEY (span, start, labels)
) WITH (fillfactor = 80);

CREATE TABLE usage_durations (
  span smallint NOT NULL,
  start integer NOT NULL,
  labels uuid NOT NULL,
  bucket integer NOT NULL,
  measure text NOT NULL,
  endpoint text NOT NULL,
  count bigint NOT NULL,
  sum_ms double precision NOT NULL,
  PRIMARY KEY (span, start, labels, bucket)
) WITH (fillfactor = 80);
