-- For people and for Grafana: SELECT time, value FROM measurements($__timeFrom(), $__timeTo()) WHERE metric_name = …
-- A function with the range as its arguments and not a view: a condition on a view's converted time would find
-- neither index nor partition. It is inlined, so that further conditions reach the indexes too.

CREATE FUNCTION measurements(since timestamptz, until timestamptz)
RETURNS TABLE (
  "time" timestamptz,
  device_id text,
  metric_name text,
  value double precision,
  document jsonb,
  unit text,
  tags jsonb,
  metadata jsonb
)
LANGUAGE sql STABLE AS $$
  SELECT
    'epoch'::timestamptz + points.time * interval '1 microsecond',
    series.device_id,
    series.metric_name,
    points.value,
    points.document,
    points.unit,
    points.tags,
    points.metadata
  FROM series
  JOIN points ON points.series_id = series.id AND points.retention_class = series.retention_class
  WHERE points.time >= (extract(epoch FROM since) * 1000000)::bigint
    AND points.time < (extract(epoch FROM until) * 1000000)::bigint
    AND points.time >= (extract(epoch FROM now()) * 1000000)::bigint - series.retention_class * 86400000000
$$;
