-- Times are microseconds since the epoch, as everywhere in the registry.

CREATE TABLE channels (
  name text COLLATE "C" PRIMARY KEY,
  target json NOT NULL,
  events text[] NOT NULL,
  minimum_severity text NOT NULL,
  max_per_minute integer NOT NULL,
  enabled boolean NOT NULL,
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  -- Who delivers holds the channel until then: one at a time.
  claimed_until bigint NOT NULL DEFAULT 0,
  -- A channel that is down is left alone until then, so many times in a row.
  paused_until bigint NOT NULL DEFAULT 0,
  failures integer NOT NULL DEFAULT 0
);

CREATE TABLE notifications (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  channel text COLLATE "C" NOT NULL,
  dedup_key text COLLATE "C" NOT NULL,
  incident text COLLATE "C" NOT NULL,
  action text NOT NULL,
  form text NOT NULL,
  state text NOT NULL,
  -- Counts towards the channel's ceiling.
  metered boolean NOT NULL DEFAULT true,
  notification json NOT NULL,
  occurred_at bigint NOT NULL,
  recorded_at bigint NOT NULL,
  next_at bigint NOT NULL,
  attempts integer NOT NULL DEFAULT 0,
  settled_at bigint,
  detail text,
  UNIQUE (channel, dedup_key)
) WITH (fillfactor = 80);

CREATE INDEX notifications_pending ON notifications (channel, id) WHERE state = 'pending';
CREATE INDEX notifications_of_incident ON notifications (incident, channel);
CREATE INDEX notifications_of_channel ON notifications (channel, id DESC);
CREATE INDEX notifications_sent ON notifications (channel, settled_at) WHERE state = 'sent' AND metered;
CREATE INDEX notifications_settled ON notifications (settled_at) WHERE settled_at IS NOT NULL;

CREATE TABLE notification_groups (
  channel text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  window_ends_at bigint NOT NULL,
  -- As the program has it: see `Group`.
  state json NOT NULL,
  PRIMARY KEY (channel, key)
) WITH (fillfactor = 80);

CREATE INDEX notification_groups_ending ON notification_groups (window_ends_at);
