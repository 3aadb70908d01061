-- When each device was last registered and last deleted, by the events' own times: in whatever order they come, the
-- later stays. It is deleted if that was not before it was registered. Kept for ever, so that a registration from
-- before a deletion can bring nothing back.

CREATE TABLE device_lives (
  device_id text COLLATE "C" PRIMARY KEY,
  registered_at bigint,
  deleted_at bigint,
  -- When the deletion came to be known; null once its points are erased.
  erasing_since bigint,
  -- Grows with every change, in the order of commits: whoever changes lives holds a lock.
  serial bigint NOT NULL
);

CREATE SEQUENCE device_lives_serial;
CREATE INDEX device_lives_changed ON device_lives (serial) WHERE deleted_at IS NOT NULL;
CREATE INDEX device_lives_erasing ON device_lives (erasing_since) WHERE erasing_since IS NOT NULL;

ALTER TABLE api_keys ADD COLUMN created_by text;
