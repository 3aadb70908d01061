-- What other services say of a device; it may be registered before it ever reports. Its groups are in device_groups.

ALTER TABLE devices
  ALTER COLUMN first_seen DROP NOT NULL,
  ALTER COLUMN last_seen DROP NOT NULL,
  ADD COLUMN name text,
  ADD COLUMN type text,
  -- The time of the event that said so: what is older says nothing.
  ADD COLUMN described_at bigint;

CREATE INDEX devices_by_type ON devices (type, device_id);
