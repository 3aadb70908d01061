-- Whoever evaluates rules keeps a copy of them, and asks for this number to know that it is still true. The triggers
-- below raise it, so that nobody can change a rule and forget.
CREATE TABLE rule_book (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  revision bigint NOT NULL
);
INSERT INTO rule_book (revision) VALUES (1);

CREATE FUNCTION turn_rule_book() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE rule_book SET revision = revision + 1;
  RETURN NULL;
END
$$;

CREATE TABLE alert_rules (
  rule_id text PRIMARY KEY,
  -- As `AlertRule`, but for what has a column of its own that changes.
  rule json NOT NULL,
  metric_name text NOT NULL,
  level text NOT NULL,
  enabled boolean NOT NULL,
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL
);
CREATE INDEX alert_rules_by_time ON alert_rules (created_at DESC, rule_id);
CREATE TRIGGER turn_rule_book AFTER INSERT OR UPDATE OR DELETE ON alert_rules
FOR EACH STATEMENT EXECUTE FUNCTION turn_rule_book();

-- Apart from the rules: it changes with every alert, and no copy of the rules need know.
CREATE TABLE alert_rule_triggers (
  rule_id text PRIMARY KEY,
  total bigint NOT NULL,
  last_at bigint NOT NULL
);

CREATE TABLE silences (
  silence_id text PRIMARY KEY,
  silence json NOT NULL,
  ends_at bigint NOT NULL
);
CREATE INDEX silences_by_end ON silences (ends_at, silence_id);
CREATE TRIGGER turn_rule_book AFTER INSERT OR UPDATE OR DELETE ON silences
FOR EACH STATEMENT EXECUTE FUNCTION turn_rule_book();

CREATE TABLE device_groups (
  group_name text NOT NULL,
  device_id text NOT NULL,
  PRIMARY KEY (group_name, device_id)
);
CREATE INDEX device_groups_by_device ON device_groups (device_id);
CREATE TRIGGER turn_rule_book AFTER INSERT OR UPDATE OR DELETE ON device_groups
FOR EACH STATEMENT EXECUTE FUNCTION turn_rule_book();

CREATE TABLE alerts (
  alert_id text PRIMARY KEY,
  rule_id text NOT NULL,
  device_id text NOT NULL,
  -- The rule as it was when the alert was raised.
  rule_name text NOT NULL,
  metric_name text NOT NULL,
  level text NOT NULL,
  kind text NOT NULL,
  condition text NOT NULL,
  threshold double precision NOT NULL,
  notification_channels text[] NOT NULL,
  status text NOT NULL,
  current_value double precision,
  triggered_at bigint NOT NULL,
  breaches bigint NOT NULL,
  last_breach_at bigint NOT NULL,
  silenced boolean NOT NULL,
  acknowledged_by text,
  acknowledged_at bigint,
  acknowledgement_note text,
  resolved_by text,
  resolved_at bigint,
  resolution_note text
);
-- Whatever runs at the same time: never two open alerts of one rule and device.
CREATE UNIQUE INDEX alerts_open ON alerts (rule_id, device_id) WHERE status <> 'resolved';
CREATE INDEX alerts_open_by_device ON alerts (device_id) WHERE status <> 'resolved';
CREATE INDEX alerts_by_time ON alerts (triggered_at DESC, alert_id);
CREATE INDEX alerts_by_device ON alerts (device_id, triggered_at DESC);

-- What evaluation remembers of a rule and a device: of those only that have breached lately, have an open alert, or
-- are watched for silence.
CREATE TABLE alert_pairs (
  rule_id text NOT NULL,
  device_id text NOT NULL,
  -- The device's logical partition.
  partition smallint NOT NULL,
  state json NOT NULL,
  alert_id text,
  -- The mark beyond which something is due; null if nothing ever is.
  due_at bigint,
  PRIMARY KEY (rule_id, device_id)
);
CREATE INDEX alert_pairs_due ON alert_pairs (partition, due_at) WHERE due_at IS NOT NULL;

CREATE INDEX alert_pairs_open ON alert_pairs (alert_id) WHERE alert_id IS NOT NULL;

-- Breaches that were accepted too late to page anybody.
CREATE TABLE historical_breaches (
  rule_id text NOT NULL,
  device_id text NOT NULL,
  breaches bigint NOT NULL,
  last_at bigint NOT NULL,
  PRIMARY KEY (rule_id, device_id)
);
