-- Times are microseconds since the epoch, as everywhere in the registry.

CREATE TABLE subscriptions (
  subscription_id text COLLATE "C" PRIMARY KEY,
  device_ids text[] NOT NULL,
  metric_names text[] NOT NULL,
  tags json NOT NULL,
  max_frequency_ms integer NOT NULL,
  created_by text COLLATE "C" NOT NULL,
  created_at bigint NOT NULL,
  -- Since when nobody is connected; while somebody is, when that began.
  idle_since bigint NOT NULL
);

CREATE INDEX subscriptions_of_user ON subscriptions (created_by);
CREATE INDEX subscriptions_of_device ON subscriptions USING gin (device_ids);
CREATE INDEX subscriptions_idle ON subscriptions (idle_since);

CREATE TABLE subscription_tickets (
  -- SHA-256 of the ticket.
  hash bytea PRIMARY KEY,
  subscription_id text COLLATE "C" NOT NULL REFERENCES subscriptions ON DELETE CASCADE,
  expires_at bigint NOT NULL
);

CREATE INDEX subscription_tickets_of ON subscription_tickets (subscription_id);
CREATE INDEX subscription_tickets_expiring ON subscription_tickets (expires_at);

CREATE TABLE connections (
  connection_id text COLLATE "C" PRIMARY KEY,
  subscription_id text COLLATE "C" NOT NULL UNIQUE REFERENCES subscriptions ON DELETE CASCADE,
  opened_at bigint NOT NULL,
  -- Grows with every connection: with their number it tells whether any opened or closed.
  serial bigint GENERATED ALWAYS AS IDENTITY UNIQUE
);
